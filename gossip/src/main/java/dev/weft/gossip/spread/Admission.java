package dev.weft.gossip.spread;

import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.Membership;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.trust.Invitations;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.trust.Roll;
import dev.weft.gossip.wire.Frame;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may take part here, and whose word on who is a member is put on the roll. */
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private final Identity identity;
    private final Membership membership;
    private final RollBook roll;
    private final Tokens tokens;
    private final Leaving leaving;
    private final TrustSettings settings;
    private final Refusals refusals;
    private final FutureBound future;

    Admission(
            Identity identity,
            Membership membership,
            RollBook roll,
            Tokens tokens,
            Leaving leaving,
            TrustSettings settings,
            Refusals refusals,
            FutureBound future) {
        this.identity = identity;
        this.membership = membership;
        this.roll = roll;
        this.tokens = tokens;
        this.leaving = leaving;
        this.settings = settings;
        this.refusals = refusals;
        this.future = future;
    }

    /** Why one who introduced himself may not take part; null if he may. */
    @Nullable
    String objection(Link link, Frame.Hello hello, Instant now) {
        MemberStatement member = hello.member();
        Node node = hello.node();
        String objection = Credentials.objection(link, member, local(link));
        if (objection != null) {
            return objection;
        }
        if (!member.cluster().equals(node.id().cluster())) {
            return node.id() + " introduced itself as " + member.cluster() + " (expected: the same name)";
        }
        Roll.Standing standing = roll.standing(member.cluster(), member.key());
        if (standing == Roll.Standing.MEMBER) {
            return null;
        }
        if (standing != Roll.Standing.EXPELLED && local(link)) {
            String ahead = future.objection(node, now);
            if (ahead != null) {
                return ahead;
            }
            boolean twin = membership.present(member.cluster(), node.id(), now);
            Roll.Outcome outcome = roll.take(admitted(member), true, twin);
            return outcome == Roll.Outcome.TAKEN
                    ? null
                    : Credentials.refusal(Roll.Standing.OTHER_KEY, member, roll.roll());
        }
        return Credentials.refusal(standing, member, roll.roll());
    }

    /**
     * The word that lets in one who comes without a token: his own, unless his clock was behind when he made it; then this
     * cluster's, so that he is not taken for older than whoever had his name before.
     */
    private MemberStatement admitted(MemberStatement newcomer) {
        MemberStatement present = roll.statement(newcomer.cluster());
        if (present == null
                || present.key().equals(newcomer.key())
                || newcomer.admitted() > present.admitted()
                || !newcomer.signedBy(newcomer.key())) {
            return newcomer;
        }
        return MemberStatement.vouching(identity.key(), newcomer.cluster(), newcomer.key(), present.admitted() + 1);
    }

    /** Whether one who is at the other end of a link may come without a token. */
    private boolean local(Link link) {
        return identity.open() && !leaving.left() && (link.dialed == null || Credentials.loopback(link.dialed));
    }

    /** Lets in one who was invited. Answers why not; null if he is in. */
    @Nullable
    String join(Link link, Frame.Join join, Instant now) {
        MemberStatement member = join.member();
        String objection = Credentials.objection(link, member, local(link));
        if (objection != null) {
            return objection;
        }
        if (!member.founding() || !member.signedBy(member.key())) {
            return "the word of " + member.cluster() + " is not signed by itself (expected: its own signature)";
        }
        Roll.Standing standing = roll.standing(member.cluster(), member.key());
        boolean taken = standing == Roll.Standing.OTHER_KEY && membership.present(member.cluster(), null, now);
        if (standing == Roll.Standing.EXPELLED || taken) {
            return Credentials.refusal(standing, member, roll.roll());
        }
        String refused = tokens.redeem(join.secret(), member.key(), now);
        if (refused != null) {
            return refused;
        }
        // Who left and takes somebody in is no longer alone.
        leaving.over();
        MemberStatement present = roll.statement(member.cluster());
        long admitted = Math.max(HybridTimestamp.of(now).packed(), present == null ? 0 : present.admitted() + 1);
        roll.take(MemberStatement.vouching(identity.key(), member.cluster(), member.key(), admitted), true, false);
        LOG.info(
                "cluster {} ({}) joined with token {} of this cluster",
                member.cluster(),
                member.key(),
                Invitations.id(join.secret()));
        return null;
    }

    /** Takes in what a member says of members. Answers what he does not know, if he told all. */
    Frame.@Nullable Roll hear(Link link, Frame.Roll theirs, Instant now) {
        boolean ours = identity.ours(link);
        if (ours && leaving.outdated(theirs)) {
            return null;
        }
        if (ours && leaving.left()) {
            leaving.over();
        }
        boolean anybody = ours || local(link);
        theirs.expulsions().forEach(expulsion -> report(link, roll.take(expulsion, false), expulsion.cluster()));
        for (MemberStatement member : theirs.members()) {
            if (future.exceeded(member.admitted(), now)) {
                // Taken, it would keep out what this cluster says of itself when its clock is right.
                String word = "the word of " + member.cluster();
                refusals.refuse(Refusals.Reason.FUTURE, link.name(), future.describe(word, member.admitted()));
                continue;
            }
            boolean alive =
                    member.cluster().equals(identity.cluster()) || membership.present(member.cluster(), null, now);
            report(link, roll.take(member, anybody, alive), member.cluster());
        }
        return theirs.complete() ? roll.unknownTo(theirs) : null;
    }

    private void report(Link link, Roll.Outcome outcome, String cluster) {
        if (outcome == Roll.Outcome.INVALID) {
            refusals.refuse(
                    Refusals.Reason.STRANGER, link.name(), "a word on " + cluster + " that no member stands for");
        } else if (outcome == Roll.Outcome.TOO_MANY) {
            refusals.refuse(
                    Refusals.Reason.TOO_MANY,
                    link.name(),
                    "cluster " + cluster + " beyond the bound of " + settings.members());
        }
    }
}
