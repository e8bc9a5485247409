package dev.weft.gossip.member;

import dev.weft.gossip.clock.HybridTimestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The processes of the federation, this one included. Belongs to one owner. */
public final class Membership {
    /** So many old heartbeats may come together in news of a partition that healed. */
    private static final int SIGNS_OF_LIFE = 4;
    /** Sorts before every address. */
    private static final NodeAddress FIRST = new NodeAddress("\0", 0);

    private final MemberSettings settings;
    private final NavigableMap<NodeId, Entry> entries = new TreeMap<>();
    private final UnaryOperator<Node> signing;
    private Node self;

    /** Of processes whose entries are not signed. */
    public Membership(MemberSettings settings, Node self) {
        this(settings, self, UnaryOperator.identity());
    }

    /**
     * @param signing puts the cluster's word to an entry of this process
     */
    public Membership(MemberSettings settings, Node self, UnaryOperator<Node> signing) {
        this.settings = settings;
        this.signing = signing;
        this.self = signing.apply(self);
    }

    /** This process. */
    public Node self() {
        return self;
    }

    /** Raises this process's own heartbeat. */
    public void beat(long now) {
        self = self.beating(now);
    }

    /** This process begins a new life, e.g. because it comes back after its last word. */
    public void begin(long started, long beat) {
        self = signing.apply(
                new Node(self.id(), self.incarnation(), started, Math.max(started, beat), Node.Presence.HERE));
    }

    /** This process's last word. */
    public Node depart(Node.Presence how, long now) {
        self = signing.apply(self.departing(how, now));
        return self;
    }

    /** Takes in an entry as it was stored: known, but not heard of in this life. */
    public void restore(Node node, Instant now) {
        if (!node.id().equals(self.id())) {
            entries.put(node.id(), new Entry(node, null, now));
        }
    }

    /**
     * Takes in what was heard of a process.
     *
     * @return whether its entry is new or began a new life or changed its presence, rather than only its heartbeat
     */
    public boolean hear(Node node, Instant now) {
        if (node.id().equals(self.id())) {
            if (node.incarnation() == self.incarnation() && node.supersedes(self)) {
                // An earlier life of this process had a clock that was ahead: outdo it, or nobody hears this one.
                begin(node.started() + 1, node.beat() + 1);
            }
            return false;
        }
        Entry entry = entries.get(node.id());
        if (entry == null) {
            entries.put(node.id(), new Entry(node, heard(node) && recent(node, now) ? begin(now) : null, now));
            return true;
        }
        if (!node.supersedes(entry.node)) {
            return false;
        }
        boolean changed = node.started() != entry.node.started()
                || node.incarnation() != entry.node.incarnation()
                || node.presence() != entry.node.presence();
        // A heartbeat comes without the seal, which was told before.
        entry.node = node.seal().isEmpty() && node.sameLife(entry.node) ? node.sealed(entry.node.seal()) : node;
        if (heard(node)) {
            if (entry.arrivals == null || changed) {
                entry.arrivals = recent(node, now) || entry.beating(changed, settings, now) ? begin(now) : null;
            } else {
                entry.arrivals.heard(now);
            }
        }
        return changed;
    }

    /** All entries, sorted, this process included. */
    public List<Node> nodes() {
        List<Node> nodes = new ArrayList<>(entries.size() + 1);
        nodes.add(self);
        entries.values().forEach(entry -> nodes.add(entry.node));
        return nodes;
    }

    /** How many other processes are known. */
    public int size() {
        return entries.size();
    }

    /** Whether a process of a cluster is known that did not leave. */
    public boolean knows(String cluster) {
        return cluster.equals(self.id().cluster())
                || of(cluster).stream().anyMatch(entry -> entry.node.presence() != Node.Presence.LEFT);
    }

    /** The processes of a cluster but this one, without looking at all others. */
    private List<Entry> of(String cluster) {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : entries.tailMap(new NodeId(cluster, FIRST), true).values()) {
            if (!entry.node.id().cluster().equals(cluster)) {
                break;
            }
            found.add(entry);
        }
        return found;
    }

    /** What is known of a process; null if nothing. */
    public @Nullable Node node(NodeId id) {
        if (id.equals(self.id())) {
            return self;
        }
        Entry entry = entries.get(id);
        return entry == null ? null : entry.node;
    }

    /** How sure we are of a process. */
    public Status status(NodeId id, Instant now) {
        if (id.equals(self.id())) {
            return Status.ALIVE;
        }
        Entry entry = entries.get(id);
        return entry == null ? Status.UNREACHABLE : status(entry, now);
    }

    /**
     * Whether a process of this cluster other than the excepted one, if any, may be there yet in another incarnation: only
     * who is unreachable, or left, is not.
     */
    public boolean presentElsewhere(String cluster, long incarnation, @Nullable NodeId except, Instant now) {
        return of(cluster).stream()
                .filter(entry -> entry.node.incarnation() != incarnation
                        && !entry.node.id().equals(except))
                .anyMatch(entry -> present(entry, now));
    }

    /**
     * Whether a process of this cluster other than the excepted one, if any, may be there yet: one who was silent for a
     * while keeps his name until he is unreachable.
     */
    public boolean present(String cluster, @Nullable NodeId except, Instant now) {
        return cluster.equals(self.id().cluster())
                || of(cluster).stream()
                        .filter(entry -> !entry.node.id().equals(except))
                        .anyMatch(entry -> present(entry, now));
    }

    private boolean present(Entry entry, Instant now) {
        return status(entry, now).compareTo(Status.UNREACHABLE) < 0;
    }

    /** Each cluster that is known, by name, this one included. */
    public List<ClusterView> clusters(Instant now) {
        Map<String, List<Entry>> byCluster = new TreeMap<>();
        byCluster.put(self.id().cluster(), new ArrayList<>());
        for (Entry entry : entries.values()) {
            byCluster
                    .computeIfAbsent(entry.node.id().cluster(), name -> new ArrayList<>())
                    .add(entry);
        }
        List<ClusterView> views = new ArrayList<>();
        byCluster.forEach((name, members) -> views.add(view(name, members, now)));
        return views;
    }

    /** Forgets one that was silent for longer than the retention. */
    public List<NodeId> expire(Instant now) {
        List<NodeId> expired = entries.values().stream()
                .filter(entry -> silence(entry, now).compareTo(settings.retention()) > 0)
                .map(entry -> entry.node.id())
                .toList();
        expired.forEach(entries::remove);
        return expired;
    }

    /** Forgets all processes of a cluster. */
    public List<NodeId> forget(String cluster) {
        List<NodeId> forgotten = entries.keySet().stream()
                .filter(id -> id.cluster().equals(cluster))
                .toList();
        forgotten.forEach(entries::remove);
        return forgotten;
    }

    /** Forgets processes of other incarnations of a cluster than this one. */
    public List<NodeId> forgetOthers(String cluster, long incarnation) {
        List<NodeId> forgotten = entries.values().stream()
                .map(entry -> entry.node)
                .filter(node -> node.id().cluster().equals(cluster) && node.incarnation() != incarnation)
                .map(Node::id)
                .toList();
        forgotten.forEach(entries::remove);
        return forgotten;
    }

    private ClusterView view(String name, Collection<Entry> members, Instant now) {
        boolean own = name.equals(self.id().cluster());
        List<NodeId> nodes = new ArrayList<>();
        Status best = own ? Status.ALIVE : Status.LEFT;
        Instant lastHeard = null;
        if (own) {
            nodes.add(self.id());
        }
        for (Entry entry : members) {
            Status status = status(entry, now);
            if (status != Status.LEFT) {
                nodes.add(entry.node.id());
            }
            best = status.compareTo(best) < 0 ? status : best;
            if (entry.arrivals != null
                    && (lastHeard == null || entry.arrivals.last().isAfter(lastHeard))) {
                lastHeard = entry.arrivals.last();
            }
        }
        return new ClusterView(name, nodes, best, lastHeard);
    }

    private Status status(Entry entry, Instant now) {
        if (entry.node.presence() == Node.Presence.LEFT) {
            return Status.LEFT;
        }
        if (entry.node.presence() == Node.Presence.STOPPED) {
            return Status.UNREACHABLE;
        }
        if (entry.arrivals != null && entry.arrivals.phi(now) < settings.phiThreshold()) {
            return Status.ALIVE;
        }
        return silence(entry, now).compareTo(settings.unreachableAfter()) > 0 ? Status.UNREACHABLE : Status.SUSPECT;
    }

    private static Duration silence(Entry entry, Instant now) {
        return Duration.between(entry.arrivals == null ? entry.known : entry.arrivals.last(), now);
    }

    private static boolean heard(Node node) {
        return node.presence() == Node.Presence.HERE;
    }

    /** An old entry that somebody still tells is no sign of life. */
    private boolean recent(Node node, Instant now) {
        Instant beat = new HybridTimestamp(node.beat()).instant();
        return Duration.between(beat, now).compareTo(settings.unreachableAfter()) <= 0;
    }

    private PhiAccrual begin(Instant now) {
        return new PhiAccrual(settings.beatInterval(), settings.acceptablePause(), now);
    }

    private static final class Entry {
        private Node node;
        private @Nullable PhiAccrual arrivals;
        private final Instant known;

        private Instant raisedFrom = Instant.MIN;
        private int raised;

        /** Whether heartbeats that look old keep coming: then it is the clock of the sender that is behind. */
        private boolean beating(boolean anew, MemberSettings settings, Instant now) {
            if (anew || raisedFrom.plus(settings.unreachableAfter()).isBefore(now)) {
                raisedFrom = now;
                raised = 0;
            }
            return ++raised > SIGNS_OF_LIFE;
        }

        private Entry(Node node, @Nullable PhiAccrual arrivals, Instant known) {
            this.node = node;
            this.arrivals = arrivals;
            this.known = known;
        }
    }
}
