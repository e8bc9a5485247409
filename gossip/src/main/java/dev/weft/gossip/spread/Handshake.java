package dev.weft.gossip.spread;

import dev.weft.gossip.member.Membership;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.transport.Peers;
import dev.weft.gossip.wire.Frame;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is at the other end of a link: introductions, tokens and refusals. Nobody is heard before he is through here. */
final class Handshake {
    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

    private final Peers peers;
    private final Membership membership;
    private final Admission admission;
    private final Roster roster;
    private final Rounds rounds;
    private final LinkTable links;
    private final Joining joining;
    private final Outbox outbox;
    private final Refusals refusals;
    private final Runnable rollChanged;

    /** @param rollChanged what follows where one who introduced himself is new to the roll */
    Handshake(
            Peers peers,
            Membership membership,
            Admission admission,
            Roster roster,
            Rounds rounds,
            LinkTable links,
            Joining joining,
            Outbox outbox,
            Refusals refusals,
            Runnable rollChanged) {
        this.peers = peers;
        this.membership = membership;
        this.admission = admission;
        this.roster = roster;
        this.rounds = rounds;
        this.links = links;
        this.joining = joining;
        this.outbox = outbox;
        this.refusals = refusals;
        this.rollChanged = rollChanged;
    }

    /** A link is there: with a token in hand that comes first, else whoever called introduces himself. */
    void begin(Link link, boolean dialed, Instant now) {
        Frame.Join token = joining.opening(link, admission, now);
        if (token != null) {
            outbox.send(link, token);
        } else if (joining.impostor(link)) {
            peers.close(link.id, "not who gave out the token");
        } else if (dialed) {
            // Who is called answers once he knows that the caller is a member: one who left is nobody's member.
            greet(link);
        }
    }

    /**
     * Introduces this process. One whose cluster left does so to nobody but its own, not even over a link that it dialled
     * before: it would be taken for one that came back, and what all forgot would be fetched again from whoever did not
     * hear its last word yet.
     */
    void greet(Link link) {
        if (admission.departed() != null && !admission.ours(link) && !links.beside(link)) {
            peers.close(link.id, "left the federation");
            return;
        }
        outbox.send(link, new Frame.Hello(Frame.VERSION, Frame.OLDEST_VERSION, membership.self(), admission.self()));
    }

    /** Somebody introduces himself. */
    void greeted(Link link, Frame.Hello hello, Instant now) {
        Node node = hello.node();
        Node self = membership.self();
        if (node.id().equals(self.id()) && node.started() == self.started()) {
            links.isOurselves(link);
            peers.close(link.id, "this is ourselves");
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
        Node departed = admission.departed();
        if (departed != null && admission.ours(link)) {
            outbox.send(link, new Frame.Nodes(List.of(departed)));
        }
        Frame.Roll verdict = admission.verdict(link);
        if (verdict != null) {
            outbox.send(link, verdict);
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
        rollChanged.run();
        return admission.verifier().holds(hello.node())
                ? roster.objection(hello.node(), now)
                : "the entry of " + hello.node().id() + " is not signed by its cluster (expected: its signature)";
    }

    private void refuse(Link link, Refusals.Reason why, String who, String objection) {
        refusals.refuse(why, who, objection);
        links.refused(link);
        Node departed = admission.departed();
        if (departed != null) {
            outbox.send(link, new Frame.Nodes(List.of(departed)));
        }
        outbox.send(link, new Frame.Refusal(objection));
        peers.close(link.id, objection);
    }

    /** The peer does not want this cluster. */
    void refusedBy(Link link, String reason) {
        LOG.warn("{} refuses this cluster: {}", link.name(), reason);
        links.refused(link);
        if (link.joining) {
            joining.ended(Optional.of(link.name() + " says: " + reason));
        }
        peers.close(link.id, "refused");
    }

    /** One who is no member yet brings a token. */
    void admit(Link link, Frame.Join join, Instant now) {
        String objection = admission.join(link, join, now);
        if (objection == null) {
            outbox.send(link, admission.complete());
        } else {
            refuse(link, Refusals.Reason.STRANGER, join.member().cluster(), objection);
        }
    }

    /** The answer to our token. */
    void joined(Link link, Frame.Roll roll) {
        String failure = admission.joined(link, roll);
        link.joining = false;
        joining.ended(Optional.ofNullable(failure));
        if (failure == null) {
            LOG.info(
                    "joined a federation of {} clusters through {}",
                    roll.members().size(),
                    link.name());
            greet(link);
        } else {
            peers.close(link.id, failure);
        }
    }
}
