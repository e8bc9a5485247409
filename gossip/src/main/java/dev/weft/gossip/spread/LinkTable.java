package dev.weft.gossip.spread;

import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.transport.Backoff;
import dev.weft.gossip.transport.Peers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The links, and the addresses that should have one. */
final class LinkTable {
    private static final int REFUSED_FAILURES = 30;
    /** After so many failures in a row others are tried in the place of an address, besides it. */
    private static final int HOPELESS = 3;

    /** A link that is not wanted stays for so long, since others may still learn over it whom to call. */
    private static final Duration SURPLUS_AGE = Duration.ofSeconds(10);

    /** So many times is the pause doubled for one who refuses again and again. */
    private static final int LONGEST_REFUSED_SHIFT = 5;

    /** An address that is tried until somebody is linked there. */
    private static final class Target {
        private int failures;
        private int refusals;
        private Instant notBefore = Instant.MIN;
        private @Nullable NodeId last;
        private boolean dialing;
    }

    private final Peers peers;
    private final Backoff backoff;
    private final Neighbours neighbours;
    private final Allowance.Rate rate;
    private final RandomGenerator random;
    private final Map<Long, Link> links = new TreeMap<>();
    private final BitSet slots = new BitSet();
    private final Map<NodeAddress, Target> targets = new HashMap<>();
    private final Set<NodeAddress> seeds = new HashSet<>();
    private final Set<NodeAddress> ourselves = new HashSet<>();
    private Set<NodeAddress> beside = Set.of();

    /** @param kept links with processes of other clusters that this one keeps */
    LinkTable(Peers peers, Backoff backoff, int kept, Allowance.Rate rate, RandomGenerator random) {
        this.neighbours = new Neighbours(kept);
        this.rate = rate;
        this.peers = peers;
        this.backoff = backoff;
        this.random = random;
    }

    void seed(NodeAddress address) {
        seeds.add(address);
        Target target = targets.get(address);
        if (target != null) {
            target.notBefore = Instant.MIN;
        }
    }

    /** Where the other processes of this cluster are. */
    void beside(Set<NodeAddress> processes) {
        beside = Set.copyOf(processes);
    }

    /** Whether another process of this cluster was dialled. */
    boolean beside(Link link) {
        return link.dialed != null && beside.contains(link.dialed);
    }

    /** Whether somebody is to be reached by his address. */
    boolean seeking() {
        return !seeds.isEmpty();
    }

    void forgetSeeds() {
        seeds.clear();
    }

    void unseed(NodeAddress address) {
        seeds.remove(address);
    }

    /** Closes all links with processes of a cluster. */
    void close(String cluster, String reason) {
        for (Link link : all()) {
            NodeId node = link.node;
            boolean proven = link.proven != null && link.proven.cluster().equals(cluster);
            if (proven || (node != null && node.cluster().equals(cluster))) {
                refused(link);
                close(link, reason);
            }
        }
    }

    /** Ends a link; {@link #disconnected} follows. */
    void close(Link link, String reason) {
        peers.close(link.id, reason);
    }

    @Nullable
    Link get(long id) {
        return links.get(id);
    }

    Collection<Link> all() {
        return List.copyOf(links.values());
    }

    Link connected(long id, boolean dialed, Instant now) {
        Link link = links.computeIfAbsent(id, made -> make(id, null, now));
        link.connected = true;
        link.lastReceived = now;
        return link;
    }

    private Link make(long id, @Nullable NodeAddress dialed, Instant now) {
        int slot = slots.nextClearBit(0);
        slots.set(slot);
        return new Link(id, slot, dialed, rate, now);
    }

    @Nullable
    Link disconnected(long id, Instant now) {
        Link link = links.remove(id);
        if (link != null) {
            slots.clear(link.slot);
        }
        if (link != null && link.dialed != null) {
            Target target = target(link.dialed);
            target.dialing = false;
            if (link.refused) {
                target.failures = REFUSED_FAILURES;
            } else if (link.node == null) {
                target.failures = Math.min(REFUSED_FAILURES, target.failures + 1);
            } else {
                target.failures = 1;
                target.refusals = 0;
            }
            Duration pause = backoff.after(target.failures, random);
            target.notBefore = now.plus(pause.multipliedBy(1L << Math.min(target.refusals, LONGEST_REFUSED_SHIFT)));
        }
        return link;
    }

    /** The peer does not want us: each time less haste to try again. */
    void refused(Link link) {
        link.refused = true;
        if (link.dialed != null) {
            target(link.dialed).refusals++;
        }
    }

    void isOurselves(Link link) {
        if (link.dialed != null) {
            ourselves.add(link.dialed);
        }
    }

    /** Who is at the other end; of two links with one process both sides keep the same. */
    void greeted(Link link, NodeId node, NodeId self) {
        link.node = node;
        if (link.dialed != null) {
            target(link.dialed).last = node;
        }
        Link best = linkTo(node, self);
        if (best == null) {
            return;
        }
        for (Link other : all()) {
            // The one who dialled hangs up, so that only one of the two ends is taken down.
            boolean twin = node.equals(other.node) && other != best;
            if (twin && (other.dialed != null || (best.dialed == null && other.id < best.id))) {
                peers.close(other.id, "there is another link with " + node);
            }
        }
    }

    /** The link with a process; null if there is none. */
    @Nullable
    Link linkTo(NodeId node, NodeId self) {
        Link best = null;
        for (Link link : links.values()) {
            if (link.connected && node.equals(link.node)) {
                best = best == null ? link : better(best, link, self.compareTo(node) < 0);
            }
        }
        return best;
    }

    /** Of two links with one process, the one that both sides keep. */
    private static Link better(Link one, Link other, boolean oursWins) {
        boolean oneWins = (one.dialed != null) == oursWins;
        boolean otherWins = (other.dialed != null) == oursWins;
        if (oneWins != otherWins) {
            return oneWins ? one : other;
        }
        return one.id > other.id ? one : other;
    }

    /** One link with each process that is linked. */
    Map<NodeId, Link> established(NodeId self) {
        Map<NodeId, Link> byNode = new TreeMap<>();
        for (Link link : links.values()) {
            NodeId node = link.node;
            if (node != null && link.connected) {
                byNode.merge(node, link, (one, other) -> better(one, other, self.compareTo(node) < 0));
            }
        }
        return byNode;
    }

    /** Tries the addresses that should have a link and have none, each no more often than its backoff says. */
    void dialDue(Collection<Node> nodes, NodeId self, Instant now) {
        Map<NodeId, Link> linked = established(self);
        Set<NodeAddress> wanted = neighbours.wanted(nodes, self, address -> target(address).failures >= HOPELESS);
        closeSurplus(linked, wanted, now);
        if (!neighbours.some(nodes) || linked.size() < neighbours.kept()) {
            wanted.addAll(seeds);
        }
        wanted.addAll(beside);
        linked.keySet().forEach(node -> wanted.remove(node.address()));
        wanted.remove(self.address());
        wanted.removeAll(ourselves);
        targets.keySet()
                .removeIf(address -> !wanted.contains(address)
                        && !target(address).dialing
                        && links.values().stream().noneMatch(link -> address.equals(link.dialed)));
        for (NodeAddress address : wanted) {
            Target target = target(address);
            boolean reached = target.last != null && linked.containsKey(target.last);
            if (!reached && !target.dialing && !now.isBefore(target.notBefore)) {
                target.dialing = true;
                long id = peers.dial(address);
                links.put(id, make(id, address, now));
            }
        }
    }

    /** Where there are more processes than links are kept: ends what was dialled here and is not among the chosen. */
    private void closeSurplus(Map<NodeId, Link> linked, Set<NodeAddress> wanted, Instant now) {
        if (linked.size() > neighbours.kept()) {
            linked.forEach((node, link) -> {
                boolean old = link.age(now).compareTo(SURPLUS_AGE) > 0;
                if (link.dialed != null && old && !wanted.contains(node.address())) {
                    peers.close(link.id, "there are enough other links");
                }
            });
        }
    }

    /** Gives up links that were silent for too long. */
    void closeSilent(Duration timeout, Instant now) {
        List<Link> silent = new ArrayList<>();
        for (Link link : links.values()) {
            if (link.lastReceived.plus(timeout).isBefore(now)) {
                silent.add(link);
            }
        }
        silent.forEach(link -> peers.close(
                link.id, link.node == null ? "nobody introduced himself in " + timeout : "silent for " + timeout));
    }

    private Target target(NodeAddress address) {
        return targets.computeIfAbsent(address, made -> new Target());
    }
}
