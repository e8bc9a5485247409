package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.Membership;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.trust.JoinToken;
import dev.weft.gossip.wire.Frame;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What an operator asks for: to invite, to join with a token, to expel, to leave. */
final class Enrolment {
    private final Membership membership;
    private final Admission admission;
    private final Ledger ledger;
    private final OwnOrigins own;
    private final Roster roster;
    private final LinkTable links;
    private final Joining joining;
    private final Outbox outbox;
    private final Duration joinTimeout;

    Enrolment(
            Membership membership,
            Admission admission,
            Ledger ledger,
            OwnOrigins own,
            Roster roster,
            LinkTable links,
            Joining joining,
            Outbox outbox,
            Duration joinTimeout) {
        this.membership = membership;
        this.admission = admission;
        this.ledger = ledger;
        this.own = own;
        this.roster = roster;
        this.links = links;
        this.joining = joining;
        this.outbox = outbox;
        this.joinTimeout = joinTimeout;
    }

    /** Empty where too many tokens are open already. */
    Optional<JoinToken> invite(ByteString secret, Duration validity, Instant now) {
        return admission.invite(secret, validity, now)
                ? Optional.of(admission.token(secret, validity, now))
                : Optional.empty();
    }

    /** The reply hears why joining failed, or nothing when this cluster is a member. */
    void join(JoinToken token, Consumer<Optional<String>> reply, Instant now) {
        if (token.expires().isBefore(now)) {
            reply.accept(Optional.of("the token expired at " + token.expires() + " (expected: a new one)"));
            return;
        }
        String objection = admission.objection(token, now);
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
        joining.begin(token, now.plus(joinTimeout), reply);
        links.dialDue(membership.nodes(), membership.self().id(), now);
    }

    /** Why there is nothing to leave; null if there is. */
    @Nullable
    String alone() {
        return admission.others().isEmpty() && !links.seeking()
                ? "cluster " + membership.self().id().cluster() + " is in no federation: there is nobody to leave"
                : null;
    }

    /** Says goodbye to all and goes on alone; the others forget this cluster's records, and it theirs. */
    void leave(Instant now) {
        long stamp = Math.max(HybridTimestamp.ofMillis(now.toEpochMilli()).packed(), own.highest());
        Node last = membership.depart(Node.Presence.LEFT, stamp);
        farewell(last);
        List<String> others = admission.others();
        admission.leave(last, now);
        for (String cluster : others) {
            links.close(cluster, "left the federation");
            ledger.depart(cluster);
            roster.forget(cluster);
        }
        links.forgetSeeds();
        own.beginAnew(last.beat(), now);
        membership.begin(stamp + 1, last.beat() + 1);
        roster.lives();
        roster.tellChanges(now);
    }

    /** Tells all who are linked this process's last word. */
    void farewell(Node last) {
        for (Link link : links.established(membership.self().id()).values()) {
            outbox.send(link, new Frame.Nodes(List.of(last)));
        }
    }
}
