package dev.weft.gossip.trust;

import akka.util.ByteString;
import dev.weft.gossip.origin.Sha256;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tokens that a process gave out, as hashes of their secrets. Belongs to one owner, so that a token is used once. */
public final class Invitations {
    /** How long a dead token is remembered, so that its user hears what is wrong with it. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    /**
     * One token.
     *
     * @param hash SHA-256 of its secret
     * @param usedBy the key that used it; null as long as nobody did
     */
    public record Invitation(
            ByteString hash, Instant expires, @Nullable VerifyKey usedBy) {
        private static final int ID_BYTES = 6;

        /** What it is called where the secret must not be: the beginning of the hash. */
        public String id() {
            return HexFormat.of().formatHex(hash.take(ID_BYTES).toArray());
        }

        /** Whether somebody could use it. */
        boolean open(Instant now) {
            return usedBy == null && !now.isAfter(expires);
        }
    }

    /** What became of an attempt to use a token. */
    public enum Outcome {
        /** Used now, or before by the same key, whose answer may have been lost. */
        ACCEPTED,
        UNKNOWN,
        EXPIRED,
        USED
    }

    private final int bound;
    private final List<Invitation> invitations = new ArrayList<>();

    /**
     * @param bound tokens that are remembered at a time
     */
    public Invitations(int bound, List<Invitation> stored) {
        this.bound = bound;
        invitations.addAll(stored);
    }

    /** As they are to be stored. */
    public List<Invitation> all() {
        return List.copyOf(invitations);
    }

    /** Those that somebody could use. */
    public List<Invitation> open(Instant now) {
        return invitations.stream().filter(each -> each.open(now)).toList();
    }

    /** From now on nobody can use it. False where there is no open one of this id. */
    public boolean revoke(String id, Instant now) {
        return invitations.removeIf(each -> each.open(now) && each.id().equals(id));
    }

    /** False where too many are open already. */
    public boolean add(ByteString secret, Instant expires, Instant now) {
        invitations.removeIf(invitation -> invitation.expires().plus(REMEMBERED).isBefore(now));
        if (invitations.size() >= bound) {
            return false;
        }
        invitations.add(new Invitation(Sha256.of(secret), expires, null));
        return true;
    }

    /** Uses a token. Compares with every one in constant time. */
    public Outcome redeem(ByteString secret, VerifyKey key, Instant now) {
        byte[] hash = Sha256.of(secret).toArrayUnsafe();
        int found = -1;
        for (int i = 0; i < invitations.size(); i++) {
            if (MessageDigest.isEqual(hash, invitations.get(i).hash().toArrayUnsafe())) {
                found = i;
            }
        }
        if (found < 0) {
            return Outcome.UNKNOWN;
        }
        Invitation invitation = invitations.get(found);
        if (invitation.usedBy() != null) {
            return key.equals(invitation.usedBy()) ? Outcome.ACCEPTED : Outcome.USED;
        }
        if (now.isAfter(invitation.expires())) {
            return Outcome.EXPIRED;
        }
        invitations.set(found, new Invitation(invitation.hash(), invitation.expires(), key));
        return Outcome.ACCEPTED;
    }

    /** What the token with a secret is called. */
    public static String id(ByteString secret) {
        return new Invitation(Sha256.of(secret), Instant.MAX, null).id();
    }
}
