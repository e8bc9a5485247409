package dev.weft.gossip.trust;

import akka.util.ByteString;
import dev.weft.gossip.origin.Sha256;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The public half of a cluster's key: what its signatures are checked with, and what it is known by.
 *
 * @param raw 32 bytes, RFC 8032
 */
public record VerifyKey(ByteString raw) {
    /** Bytes of a key. */
    public static final int BYTES = Ed25519.PUBLIC_KEY_SIZE;

    private static final int SHORT_BYTES = 8;

    public VerifyKey {
        if (raw.length() != BYTES || !Ed25519.validatePublicKeyPartial(raw.toArrayUnsafe(), 0)) {
            throw new IllegalArgumentException(
                    "key: " + raw.length() + " bytes (expected: " + BYTES + " bytes of an Ed25519 public key)");
        }
    }

    /** Whether the owner of this key signed the message. */
    public boolean signed(byte[] message, ByteString signature) {
        return signature.length() == Ed25519.SIGNATURE_SIZE
                && Ed25519.verify(signature.toArrayUnsafe(), 0, raw.toArrayUnsafe(), 0, message, 0, message.length);
    }

    /** SHA-256 of the key, 32 bytes: what a token says of whom to expect. */
    public ByteString fingerprint() {
        return Sha256.of(raw);
    }

    /** The beginning of the fingerprint, for people. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(fingerprint().toArrayUnsafe(), 0, SHORT_BYTES);
    }
}
