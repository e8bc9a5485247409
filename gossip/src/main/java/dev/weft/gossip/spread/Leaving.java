package dev.weft.gossip.spread;

import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.Membership;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.wire.Frame;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How this cluster leaves the federation, with all its processes, and what is so from then on: it goes on alone, and says who
 * it is to nobody else until it joins somebody again.
 */
final class Leaving {
    private final Identity identity;
    private final Membership membership;
    private final RollBook roll;
    private final Ledger ledger;
    private final OwnOrigins own;
    private final Roster roster;
    private final MemberReports reports;
    private final LinkTable links;
    private final StoreQueue store;
    private final Outbox outbox;
    /** What this process said when its cluster left the federation; null while it is in one, or looks for one. */
    private @Nullable Node departed;

    Leaving(
            Identity identity,
            Membership membership,
            RollBook roll,
            Ledger ledger,
            OwnOrigins own,
            Roster roster,
            MemberReports reports,
            LinkTable links,
            StoreQueue store,
            Outbox outbox,
            StoredState stored) {
        this.identity = identity;
        this.membership = membership;
        this.roll = roll;
        this.ledger = ledger;
        this.own = own;
        this.roster = roster;
        this.reports = reports;
        this.links = links;
        this.store = store;
        this.outbox = outbox;
        this.departed = stored.departed().orElse(null);
    }

    /** Why there is nothing to leave; null if there is. */
    @Nullable
    String alone() {
        return roll.others().isEmpty() && !links.seeking()
                ? "cluster " + identity.cluster() + " is in no federation: there is nobody to leave"
                : null;
    }

    /**
     * Says goodbye to all and goes on alone; the others forget this cluster's records, and it theirs. Nobody comes in without
     * a token until it joins somebody.
     */
    void leave(Instant now) {
        long stamp = Math.max(HybridTimestamp.of(now).packed(), own.highest());
        Node last = membership.depart(Node.Presence.LEFT, stamp);
        farewell(last);
        List<String> others = roll.others();
        roll.beginAnew(now);
        departed = last;
        store.departed(last);
        for (String cluster : others) {
            links.close(cluster, "left the federation");
            ledger.depart(cluster);
            roster.forget(cluster);
        }
        links.forgetSeeds();
        own.beginAnew(last.beat(), now);
        membership.begin(stamp + 1, last.beat() + 1);
        roster.lives();
        reports.tellChanges(now);
    }

    /** Tells all who are linked this process's last word. */
    void farewell(Node last) {
        for (Link link : links.established(membership.self().id()).values()) {
            outbox.send(link, new Frame.Nodes(List.of(last)));
        }
    }

    /** Whether this cluster left, and neither joined nor looks for anybody since. */
    boolean left() {
        return departed != null;
    }

    /** This cluster is with others again, or looks for them. */
    void over() {
        departed = null;
        store.delete(StoreQueue.DEPARTED);
    }

    /**
     * Whether this process does not say over a link who it is. One whose cluster left introduces itself to nobody but its own,
     * not even over a link that it dialled before: it would be taken for one that came back, and what all forgot would be
     * fetched again from whoever did not hear its last word yet.
     */
    boolean silent(Link link) {
        return departed != null && !identity.ours(link) && !links.beside(link);
    }

    /** Tells one who may not have heard it that this cluster left, where it did. */
    void tell(Link link) {
        Node last = departed;
        if (last != null) {
            outbox.send(link, new Frame.Nodes(List.of(last)));
        }
    }

    /** Whether a process of this cluster says that it leaves, or left while this one was down, so that all do. */
    boolean announced(Link link, NodeId from, List<Node> told) {
        return identity.ours(link)
                && !roll.others().isEmpty()
                && told.stream()
                        .anyMatch(node -> node.id().equals(from)
                                && node.presence() == Node.Presence.LEFT
                                && roll.verifier().holds(node)
                                && (current(node) || !joinedSince(roll.complete(), node)));
    }

    /** Whether it is a word of the life that a process is in, and not of one that ended. */
    private boolean current(Node node) {
        Node present = membership.node(node.id());
        return present == null || present.sameLife(node);
    }

    /**
     * Whether what another process of this cluster says of members is of the federation that was left, and not of one that the
     * cluster joined since: then it does not count.
     */
    boolean outdated(Frame.Roll told) {
        Node last = departed;
        return last != null && !joinedSince(told, last);
    }

    /** Whether there are members who came after this cluster left, not only those it left. */
    private boolean joinedSince(Frame.Roll told, Node last) {
        return told.members().stream()
                .filter(member -> !member.cluster().equals(identity.cluster()) || !member.founding())
                .mapToLong(MemberStatement::admitted)
                .anyMatch(admitted -> admitted > last.beat());
    }
}
