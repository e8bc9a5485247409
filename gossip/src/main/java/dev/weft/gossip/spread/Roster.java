package dev.weft.gossip.spread;

import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.ClockOffsets;
import dev.weft.gossip.member.Membership;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.wire.Frame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The processes of all members, and what is said of them: whom to believe, whom to tell, when to forget them. */
final class Roster {
    private final Membership membership;
    private final RollBook roll;
    private final Ledger ledger;
    private final MemberReports reports;
    private final StoreQueue store;
    private final SpreadSettings settings;
    private final Refusals refusals;
    private final ClockOffsets clocks;
    private final FutureBound future;
    private final Tidings tidings;

    Roster(
            Membership membership,
            RollBook roll,
            Ledger ledger,
            MemberReports reports,
            StoreQueue store,
            SpreadSettings settings,
            Refusals refusals,
            ClockOffsets clocks,
            FutureBound future,
            RandomGenerator random) {
        this.membership = membership;
        this.roll = roll;
        this.ledger = ledger;
        this.reports = reports;
        this.store = store;
        this.settings = settings;
        this.refusals = refusals;
        this.clocks = clocks;
        this.future = future;
        this.tidings = new Tidings(settings.members().beatBytes(), random);
    }

    /** Takes in what was stored, and forgets what nobody stands for any more. */
    void restore(List<Node> nodes, Instant now) {
        restoreEach(nodes, now);
        ledger.dropOrphans();
        lives();
    }

    /** This process said something of itself. */
    void lives() {
        tidings.now(membership.self());
    }

    private void restoreEach(List<Node> nodes, Instant now) {
        Node self = membership.self();
        List<Node> left = new ArrayList<>();
        for (Node node : nodes) {
            boolean otherLife = node.id().cluster().equals(self.id().cluster())
                    ? node.incarnation() != self.incarnation()
                    : node.incarnation()
                            < ledger.replica().incarnation(node.id().cluster());
            if (otherLife || !roll.verifier().holds(node)) {
                store.gone(node.id());
            } else if (node.presence() == Node.Presence.LEFT) {
                left.add(node);
            } else {
                membership.restore(node, now);
                tidings.now(node);
            }
        }
        left.sort(Comparator.comparingLong(Node::beat).reversed());
        left.forEach(node -> restoreLeft(node, now));
    }

    /** Is no member any more, but its last word still counts, if it comes back. */
    private void restoreLeft(Node node, Instant now) {
        String cluster = node.id().cluster();
        if (recent(node, now) && !membership.knows(cluster)) {
            ledger.left(cluster, node.incarnation(), node.beat());
        } else {
            store.gone(node.id());
        }
    }

    private boolean recent(Node node, Instant now) {
        Instant beat = new HybridTimestamp(node.beat()).instant();
        return beat.plus(settings.members().retention()).isAfter(now);
    }

    /** Why a process is not believed to be who it says; null if it is. */
    @Nullable
    String objection(Node node, Instant now) {
        Node self = membership.self();
        String cluster = node.id().cluster();
        if (node.id().equals(self.id()) && node.incarnation() == self.incarnation()) {
            return "this is " + self.id() + " itself (expected: an address of its own for each process)";
        }
        if (cluster.equals(self.id().cluster())) {
            return node.incarnation() == self.incarnation()
                    ? future.objection(node, now)
                    : "cluster " + cluster + " is here already with incarnation " + self.incarnation() + ", "
                            + node.id().address() + " says " + node.incarnation()
                            + " (expected: another name, or the data directory of " + cluster + ")";
        }
        long known = ledger.replica().incarnation(cluster);
        if (node.incarnation() < known) {
            return "cluster " + cluster + " began a later life " + known + ", "
                    + node.id().address() + " says " + node.incarnation()
                    + " (expected: another name for another cluster)";
        }
        if (membership.presentElsewhere(cluster, node.incarnation(), node.id(), now)) {
            return "cluster " + cluster + " is here already with incarnation " + known + ", "
                    + node.id().address() + " says " + node.incarnation()
                    + " (expected: another name, or to wait until the first is unreachable)";
        }
        return future.objection(node, now);
    }

    /** Takes in entries that a peer told. */
    void hear(Link link, List<Node> nodes, Instant now) {
        for (Node node : nodes) {
            hear(node, link.node, now);
            tidings.heard(node, link);
        }
    }

    private void hear(Node node, @Nullable NodeId from, Instant now) {
        boolean self = node.id().equals(membership.self().id());
        boolean stranger = !self && membership.node(node.id()) == null;
        if (!genuine(node, from) || (stranger && !welcome(node, from, now))) {
            return;
        }
        String objection = self ? null : objection(node, now);
        if (objection != null) {
            refusals.refuse(Refusals.Reason.OTHER_LIFE, String.valueOf(from), objection);
            return;
        }
        believe(node, self, now);
        Node held = membership.node(node.id());
        if (held != null) {
            tidings.now(held);
        }
    }

    /** Takes in the last words of clusters that left, from whoever brings them: they are signed. */
    void hearFarewells(Link link, List<Node> nodes, Instant now) {
        List<Node> farewells = nodes.stream()
                .filter(node -> node.presence() == Node.Presence.LEFT && membership.node(node.id()) != null)
                .toList();
        hear(link, farewells, now);
    }

    /** Whether the node's cluster is a member and says so itself: by its seal, or by one that was heard before. */
    private boolean genuine(Node node, @Nullable NodeId from) {
        if (!roll.member(node.id().cluster())) {
            return false;
        }
        Node known = membership.node(node.id());
        if (known != null && node.sameLife(known)) {
            // Nobody else raises our own heartbeat.
            return !node.id().equals(membership.self().id());
        }
        if (node.seal().isEmpty() || (known != null && !node.supersedes(known))) {
            return false;
        }
        if (!roll.verifier().holds(node)) {
            refusals.refuse(
                    Refusals.Reason.FORGED,
                    String.valueOf(from),
                    node.id().cluster(),
                    "an entry of " + node.id() + " that its cluster did not sign");
            return false;
        }
        return true;
    }

    private boolean welcome(Node node, @Nullable NodeId from, Instant now) {
        if (membership.size() >= settings.nodes()) {
            refusals.refuse(
                    Refusals.Reason.TOO_MANY,
                    String.valueOf(from),
                    node.id() + " beyond the bound of " + settings.nodes() + " processes");
            return false;
        }
        // One who was forgotten here does not come back because somebody still remembers.
        return node.presence() != Node.Presence.LEFT && recent(node, now);
    }

    private void believe(Node node, boolean self, Instant now) {
        if (!self && node.incarnation() > ledger.replica().incarnation(node.id().cluster())) {
            ledger.adopt(node.id().cluster(), node.incarnation());
            membership.forgetOthers(node.id().cluster(), node.incarnation()).forEach(this::forget);
        }
        Node before = membership.node(node.id());
        if (!self && before != null && node.sameLife(before) && node.beat() > before.beat()) {
            clocks.heard(node.id().cluster(), new HybridTimestamp(node.beat()).instant(), now);
        }
        if (membership.hear(node, now)) {
            store.node(node);
            if (node.presence() == Node.Presence.LEFT) {
                left(node.id().cluster());
            } else if (node.presence() == Node.Presence.HERE) {
                ledger.back(node.id().cluster());
            }
        }
    }

    private void left(String cluster) {
        List<Node> processes = membership.nodes().stream()
                .filter(node -> node.id().cluster().equals(cluster))
                .toList();
        if (processes.stream().allMatch(node -> node.presence() == Node.Presence.LEFT)) {
            // Each process begins anew beyond its own last word: all are beyond the first of these.
            Node first = Collections.min(processes, Comparator.comparingLong(Node::beat));
            ledger.left(cluster, first.incarnation(), first.beat());
        }
    }

    /** Who is at the other end of a link is known now. */
    void linked(Link link) {
        tidings.begun(link);
    }

    /** A peer is told of these members. */
    void toldRoll(Link link, Frame.Roll told) {
        tidings.again(
                link, told.members().stream().map(MemberStatement::cluster).collect(Collectors.toSet()));
    }

    /** What to tell a peer of processes. */
    List<Node> untold(Link link, Instant now) {
        return tidings.due(link, now);
    }

    /** Forgets who was silent for longer than the retention, and with the last process its cluster. */
    void expire(Instant now) {
        List<NodeId> expired = membership.expire(now);
        expired.forEach(this::forget);
        for (NodeId node : expired) {
            boolean last = membership.nodes().stream()
                    .noneMatch(other -> other.id().cluster().equals(node.cluster()));
            if (last) {
                ledger.depart(node.cluster());
            }
        }
    }

    /** Forgets all processes of a cluster that is out, or whose name has another key now. */
    void forget(String cluster) {
        membership.forget(cluster).forEach(this::forget);
    }

    private void forget(NodeId node) {
        store.gone(node);
        tidings.gone(node);
        reports.forget(node);
    }
}
