package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.wire.Frame;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a member says who is through the {@link Handshake}: hands it to whom it concerns. */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final Admission admission;
    private final Leaving leaving;
    private final Roster roster;
    private final Rounds rounds;
    private final Repair repair;
    private final Supply supply;
    private final Intake intake;
    private final Push push;

    Exchange(
            Admission admission,
            Leaving leaving,
            Roster roster,
            Rounds rounds,
            Repair repair,
            Supply supply,
            Intake intake,
            Push push) {
        this.admission = admission;
        this.leaving = leaving;
        this.roster = roster;
        this.rounds = rounds;
        this.repair = repair;
        this.supply = supply;
        this.intake = intake;
        this.push = push;
    }

    void received(Link link, NodeId node, Frame frame, Instant now) {
        if (frame instanceof Frame.Push pushed) {
            intake.pushed(link, node, pushed, now);
        } else if (frame instanceof Frame.Opening opening) {
            rounds.opened(link, node, opening, now);
        } else if (frame instanceof Frame.InSync inSync) {
            rounds.inSync(link, node, inSync, now);
        } else if (frame instanceof Frame.Outline outline) {
            rounds.outlined(link, node, outline, now);
        } else if (frame instanceof Frame.Digests digests) {
            rounds.compared(link, node, digests, now);
        } else if (frame instanceof Frame.Wants wants) {
            supply.asked(link, wants);
        } else if (frame instanceof Frame.Deltas deltas) {
            if (repair.take(link, node, deltas, now)) {
                rounds.open(push.targets(node), now);
            }
        } else if (frame instanceof Frame.Nodes nodes) {
            roster.hear(link, nodes.nodes(), now);
            if (leaving.announced(link, node, nodes.nodes())) {
                LOG.info("{} left the federation: so does this process of the same cluster", node);
                leaving.leave(now);
            }
        } else if (frame instanceof Frame.Roll told) {
            Frame.Roll missing = admission.hear(link, told, now);
            if (missing != null) {
                rounds.tell(link, missing);
            }
        }
    }
}
