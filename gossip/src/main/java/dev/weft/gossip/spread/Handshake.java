package dev.weft.gossip.spread;

import dev.weft.gossip.member.Membership;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.wire.Frame;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is at the other end of a link: introductions, tokens and refusals. Nobody is heard before he is through here. */
final class Handshake {
    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

    private final Identity identity;
    private final Membership membership;
    private final RollBook roll;
    private final Admission admission;
    private final Leaving leaving;
    private final Roster roster;
    private final Rounds rounds;
    private final LinkTable links;
    private final Joining joining;
    private final Outbox outbox;
    private final Refusals refusals;
    private final RollChanges changes;

    Handshake(
            Identity identity,
            Membership membership,
            RollBook roll,
            Admission admission,
            Leaving leaving,
            Roster roster,
            Rounds rounds,
            LinkTable links,
            Joining joining,
            Outbox outbox,
            Refusals refusals,
            RollChanges changes) {
        this.identity = identity;
        this.membership = membership;
        this.roll = roll;
        this.admission = admission;
        this.leaving = leaving;
        this.roster = roster;
        this.rounds = rounds;
        this.links = links;
        this.joining = joining;
        this.outbox = outbox;
        this.refusals = refusals;
        this.changes = changes;
    }

    /** A link is there: with a token in hand that comes first, else whoever called introduces himself. */
    void begin(Link link, boolean dialed, Instant now) {
        Frame.Join token = joining.opening(link, now);
        if (token != null) {
            outbox.send(link, token);
        } else if (joining.impostor(link)) {
            links.close(link, "not who gave out the token");
        } else if (dialed) {
            // Who is called answers once he knows that the caller is a member: one who left is nobody's member.
            greet(link);
        }
    }

    /** Introduces this process, where it does that. */
    void greet(Link link) {
        if (leaving.silent(link)) {
            links.close(link, "left the federation");
            return;
        }
        outbox.send(link, new Frame.Hello(Frame.VERSION, Frame.OLDEST_VERSION, membership.self(), roll.self()));
    }

    /** Somebody introduces himself. */
    void greeted(Link link, Frame.Hello hello, Instant now) {
        Node node = hello.node();
        Node self = membership.self();
        if (node.id().equals(self.id()) && node.started() == self.started()) {
            links.isOurselves(link);
            links.close(link, "this is ourselves");
            return;
        }
        String objection = objection(link, hello, now);
        if (objection != null) {
            refuse(link, Refusals.Reason.OTHER_LIFE, node.id().toString(), objection);
            return;
        }
        boolean first = link.node == null;
        link.lastReceived = now;
        link.version = hello.version();
        roster.hear(link, List.of(node), now);
        links.greeted(link, node.id(), self.id());
        if (first && links.get(link.id) != null) {
            LOG.info("linked with {}", node.id());
            // The peer may have missed our first word; without it he takes nothing from us.
            greet(link);
            tellOwn(link);
            roster.linked(link);
            rounds.open(List.of(link), now);
        }
    }

    /** Another process of this cluster may have been down when the cluster left, or was put out. */
    private void tellOwn(Link link) {
        if (identity.ours(link)) {
            leaving.tell(link);
            Frame.Roll verdict = roll.verdict();
            if (verdict != null) {
                outbox.send(link, verdict);
            }
        }
    }

    private @Nullable String objection(Link link, Frame.Hello hello, Instant now) {
        if (!hello.compatible()) {
            return "version " + hello.version() + " is not understood here (expected: " + Frame.OLDEST_VERSION + " to "
                    + Frame.VERSION + ")";
        }
        String stranger = admission.objection(link, hello, now);
        if (stranger != null) {
            return stranger;
        }
        changes.settle(null, now);
        return roll.verifier().holds(hello.node())
                ? roster.objection(hello.node(), now)
                : "the entry of " + hello.node().id() + " is not signed by its cluster (expected: its signature)";
    }

    private void refuse(Link link, Refusals.Reason why, String who, String objection) {
        refusals.refuse(why, who, objection);
        links.refused(link);
        leaving.tell(link);
        outbox.send(link, new Frame.Refusal(objection));
        links.close(link, objection);
    }

    /** The peer does not want this cluster. */
    void refusedBy(Link link, String reason) {
        LOG.warn("{} refuses this cluster: {}", link.name(), reason);
        links.refused(link);
        joining.refused(link, reason);
        links.close(link, "refused");
    }

    /** One who is no member yet brings a token. */
    void admit(Link link, Frame.Join join, Instant now) {
        String objection = admission.join(link, join, now);
        if (objection == null) {
            outbox.send(link, roll.complete());
        } else {
            refuse(link, Refusals.Reason.STRANGER, join.member().cluster(), objection);
        }
    }

    /** The answer to our token. */
    void joined(Link link, Frame.Roll theirs) {
        String failure = joining.answered(link, theirs);
        if (failure == null) {
            LOG.info(
                    "joined a federation of {} clusters through {}",
                    theirs.members().size(),
                    link.name());
            greet(link);
        } else {
            links.close(link, failure);
        }
    }
}
