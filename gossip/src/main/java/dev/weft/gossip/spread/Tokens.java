package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.Invitations;
import dev.weft.gossip.trust.JoinToken;
import dev.weft.gossip.trust.VerifyKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tokens that this process gave out, stored at each change. Belongs to one owner, so that a token is used once. */
final class Tokens {
    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);

    private final ClusterIdentity identity;
    private final NodeId self;
    private final StoreQueue store;
    private final Invitations invitations;

    /** @param bound tokens that are remembered at a time */
    Tokens(ClusterIdentity identity, NodeId self, int bound, StoreQueue store, StoredState stored) {
        this.identity = identity;
        this.self = self;
        this.store = store;
        this.invitations = new Invitations(bound, stored.invitations());
    }

    /** Gives out a token; empty where too many are open already. */
    Optional<JoinToken> invite(ByteString secret, Duration validity, Instant now) {
        Instant expires = now.plus(validity);
        boolean added = invitations.add(secret, expires, now);
        store.invitations(invitations.all());
        if (!added) {
            return Optional.empty();
        }
        LOG.info("token {} was given out, valid for {}", Invitations.id(secret), validity);
        return Optional.of(new JoinToken(
                identity.cluster(), identity.key().fingerprint(), expires, secret, List.of(self.address())));
    }

    /** Those that somebody could use. */
    List<Invitations.Invitation> open(Instant now) {
        return invitations.open(now);
    }

    /** Takes a token back. Answers why that cannot be; null if nobody can use it any more. */
    @Nullable
    String revoke(String id, Instant now) {
        if (!invitations.revoke(id, now)) {
            List<String> open =
                    open(now).stream().map(Invitations.Invitation::id).toList();
            return "token " + id + " is none that can be used at " + self + " (expected: one of " + open
                    + ", at the process that gave it out)";
        }
        store.invitations(invitations.all());
        LOG.info("token {} was revoked", id);
        return null;
    }

    /** Uses a token. Answers why that cannot be; null if it is used now by this key. */
    @Nullable
    String redeem(ByteString secret, VerifyKey key, Instant now) {
        String refused = switch (invitations.redeem(secret, key, now)) {
            case UNKNOWN ->
                "the token is not known at " + self + " (expected: one that this process gave out and did not revoke)";
            case EXPIRED -> "the token expired (expected: a new one, by `weft federate invite`)";
            case USED ->
                "the token was used already by another cluster (expected: a new one, by `weft federate invite`)";
            case ACCEPTED -> null;
        };
        if (refused == null) {
            store.invitations(invitations.all());
        }
        return refused;
    }
}
