package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.Replica;
import dev.weft.gossip.origin.StateHash;
import dev.weft.gossip.wire.Frame;
import java.time.Instant;
import java.util.List;

/** Finds out who is ahead of whom, in as few bytes as the difference allows; {@link Repair} does the rest. */
final class Rounds {
    /** With fewer origins all digests are little more than an outline, and a way to and fro less. */
    private static final int OUTLINE_FROM = 32;

    private final Ledger ledger;
    private final RollBook roll;
    private final Roster roster;
    private final MemberReports reports;
    private final Repair repair;
    private final Push push;
    private final Outbox outbox;
    private final SpreadSettings settings;
    private long rounds;

    Rounds(
            Ledger ledger,
            RollBook roll,
            Roster roster,
            MemberReports reports,
            Repair repair,
            Push push,
            Outbox outbox,
            SpreadSettings settings) {
        this.ledger = ledger;
        this.roll = roll;
        this.roster = roster;
        this.reports = reports;
        this.repair = repair;
        this.push = push;
        this.outbox = outbox;
        this.settings = settings;
    }

    /** Asks these whether they hold the same. */
    void open(List<Link> chosen, Instant now) {
        if (chosen.isEmpty()) {
            return;
        }
        ByteString root = root();
        for (Link link : chosen) {
            link.openedRound = ++rounds;
            link.openedAt = now;
            outbox.send(link, new Frame.Opening(link.openedRound, root, roster.untold(link, now)));
        }
    }

    void opened(Link link, NodeId node, Frame.Opening opening, Instant now) {
        roster.hear(link, opening.nodes(), now);
        List<Node> nodes = roster.untold(link, now);
        Replica replica = ledger.replica();
        if (opening.root().equals(root())) {
            repair.inSync(link);
            outbox.send(link, new Frame.InSync(opening.round(), nodes));
        } else if (link.version >= Frame.OUTLINES && replica.states().size() >= OUTLINE_FROM) {
            outbox.send(link, new Frame.Outline(opening.round(), replica.outline(opening.round()), nodes, roll.hash()));
        } else {
            outbox.send(
                    link,
                    new Frame.Digests(
                            opening.round(),
                            replica.digests(node.cluster(), dev.weft.gossip.origin.Outline.ALL),
                            nodes,
                            roll.hash()));
        }
    }

    void inSync(Link link, NodeId node, Frame.InSync inSync, Instant now) {
        roster.hear(link, inSync.nodes(), now);
        reports.answered(link, node, inSync.round(), now);
        repair.inSync(link);
    }

    void outlined(Link link, NodeId node, Frame.Outline outline, Instant now) {
        roster.hear(link, outline.nodes(), now);
        reports.answered(link, node, outline.round(), now);
        compareRolls(link, outline.roll(), now);
        long parts = ledger.replica().differing(outline.outline(), outline.round());
        if (parts != 0) {
            outbox.send(
                    link,
                    new Frame.Digests(
                            0,
                            ledger.replica().digests(node.cluster(), parts),
                            List.of(),
                            ByteString.emptyByteString(),
                            parts));
        }
    }

    void compared(Link link, NodeId node, Frame.Digests digests, Instant now) {
        roster.hear(link, digests.nodes(), now);
        reports.answered(link, node, digests.round(), now);
        compareRolls(link, digests.roll(), now);
        if (repair.compare(link, node, digests.digests(), digests.whole(), now)) {
            open(push.targets(null), now);
        }
    }

    private void compareRolls(Link link, ByteString theirs, Instant now) {
        boolean differs = !theirs.isEmpty() && !theirs.equals(roll.hash());
        if (differs && !link.toldRoll.plus(settings.pullTimeout()).isAfter(now)) {
            link.toldRoll = now;
            tell(link, roll.complete());
        }
    }

    /** Tells a peer who is a member, and then of the members' processes. */
    void tell(Link link, Frame.Roll told) {
        outbox.send(link, told);
        roster.toldRoll(link, told);
    }

    /** Equal for two who have nothing to tell each other, neither of records nor of members. */
    private ByteString root() {
        return StateHash.joined(ledger.replica().root(), roll.hash());
    }
}
