package dev.weft.gossip.spread;

import dev.weft.gossip.member.Membership;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.trust.Expulsion;
import dev.weft.gossip.trust.JoinToken;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.trust.Roll;
import dev.weft.gossip.wire.Frame;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How this cluster becomes a member with a token: the one attempt that may be on its way. Belongs to one owner. */
final class Joining {
    private record Attempt(JoinToken token, Instant deadline, Consumer<Optional<String>> reply) {}

    private final Identity identity;
    private final Membership membership;
    private final RollBook roll;
    private final Leaving leaving;
    private final LinkTable links;
    private final Duration timeout;
    private @Nullable Attempt attempt;
    private @Nullable String lastFailure;

    /** @param timeout how long an attempt may take */
    Joining(
            Identity identity,
            Membership membership,
            RollBook roll,
            Leaving leaving,
            LinkTable links,
            Duration timeout) {
        this.identity = identity;
        this.membership = membership;
        this.roll = roll;
        this.leaving = leaving;
        this.links = links;
        this.timeout = timeout;
    }

    /**
     * Dials who gave out a token, unless there is nothing to be joined.
     *
     * @param reply hears why it failed, or nothing if this cluster is a member now
     */
    void begin(JoinToken token, Consumer<Optional<String>> reply, Instant now) {
        String objection = objection(token, now);
        if (objection != null) {
            reply.accept(Optional.of(objection));
            return;
        }
        boolean member = links.all().stream()
                .anyMatch(link -> link.established()
                        && link.proven != null
                        && link.proven.key().fingerprint().equals(token.fingerprint()));
        if (member) {
            reply.accept(Optional.empty());
            return;
        }
        if (attempt != null) {
            reply.accept(Optional.of("another join is on its way (expected: one at a time)"));
        } else {
            attempt = new Attempt(token, now.plus(timeout), reply);
            lastFailure = null;
            token.addresses().forEach(links::seed);
        }
        links.dialDue(membership.nodes(), membership.self().id(), now);
    }

    /** Why a token is none to join with, as far as is known here; null if nothing is. */
    private @Nullable String objection(JoinToken token, Instant now) {
        if (token.expires().isBefore(now)) {
            return "the token expired at " + token.expires() + " (expected: a new one)";
        }
        if (token.fingerprint().equals(identity.key().key().fingerprint())) {
            return "this is a token of cluster " + identity.cluster()
                    + " itself (expected: one that a member of another federation gave out)";
        }
        for (Expulsion expulsion : roll.roll().expulsions()) {
            if (expulsion.key().fingerprint().equals(token.fingerprint())) {
                return "cluster " + expulsion.cluster() + ", which gave out the token, was expelled by "
                        + expulsion.by() + " (expected: a token of a member)";
            }
        }
        List<String> present = roll.others().stream()
                .filter(cluster -> membership.present(cluster, null, now))
                .toList();
        boolean stranger = roll.roll().members().stream()
                .noneMatch(member -> member.key().fingerprint().equals(token.fingerprint()));
        // Its members would have to believe those of the other, of whom nobody vouched for any to any.
        return stranger && !roll.expelled() && !present.isEmpty()
                ? "cluster " + identity.cluster() + " is in a federation with " + present + " already, and "
                        + token.cluster() + ", which gave out the token, is not in it (expected: " + token.cluster()
                        + " to join with a token of this federation, or `weft federate leave` here first)"
                : null;
    }

    /** What to say first on a link; null where it is none that a token is for. */
    Frame.@Nullable Join opening(Link link, Instant now) {
        Attempt present = attempt;
        NodeAddress dialed = link.dialed;
        if (present == null || dialed == null || !present.token().addresses().contains(dialed)) {
            return null;
        }
        PeerIdentity proven = link.proven;
        if (proven != null && !proven.key().fingerprint().equals(present.token().fingerprint())) {
            lastFailure = dialed + " is " + proven.cluster() + " (" + proven.key() + "), not who gave out the token"
                    + " (expected: the certificate authority that the token names)";
            return null;
        }
        link.joining = true;
        return new Frame.Join(present.token().secret(), roll.introduction(now));
    }

    /** Whether a link is to be closed, since who answers there is not who gave out the token. */
    boolean impostor(Link link) {
        Attempt present = attempt;
        NodeAddress dialed = link.dialed;
        return present != null
                && dialed != null
                && !link.joining
                && present.token().addresses().contains(dialed);
    }

    /** The answer to the token is here. Says why it is no good; null if this cluster is a member now. */
    @Nullable
    String answered(Link link, Frame.Roll theirs) {
        String failure = takeOver(link, theirs);
        link.joining = false;
        ended(Optional.ofNullable(failure));
        return failure;
    }

    /** Takes over the roll of one who let us in. */
    private @Nullable String takeOver(Link link, Frame.Roll theirs) {
        theirs.expulsions().forEach(expulsion -> roll.take(expulsion, true));
        for (MemberStatement member : theirs.members()) {
            boolean ours = member.cluster().equals(identity.cluster());
            if (!ours || member.key().equals(identity.key().key())) {
                roll.take(member, true, false);
            }
        }
        leaving.over();
        PeerIdentity sender = link.proven;
        if (sender != null && roll.standing(sender.cluster(), sender.key()) == Roll.Standing.EXPELLED) {
            return "cluster " + sender.cluster() + ", which gave out the token, was expelled from the federation"
                    + " (expected: a token of a member)";
        }
        if (roll.self().founding() || !roll.welcome(link)) {
            return "the answer to the token does not name this cluster and its sender (expected: both are members)";
        }
        roll.readmitted();
        return null;
    }

    /** The peer who was shown the token says why it is no good. */
    void refused(Link link, String reason) {
        if (link.joining) {
            ended(Optional.of(link.name() + " says: " + reason));
        }
    }

    private void ended(Optional<String> failure) {
        Attempt ended = attempt;
        attempt = null;
        if (ended != null) {
            failure.ifPresent(why -> ended.token().addresses().forEach(links::unseed));
            ended.reply().accept(failure);
        }
    }

    /** Gives up after the deadline. */
    void expire(Instant now) {
        Attempt present = attempt;
        if (present != null && now.isAfter(present.deadline())) {
            ended(Optional.of(
                    lastFailure != null
                            ? lastFailure
                            : "nobody answered at " + present.token().addresses()
                                    + " (expected: the process that gave out the token)"));
        }
    }
}
