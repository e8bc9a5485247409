package dev.weft.gossip.origin;

import akka.util.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, by which records, rolls, keys and tokens are compared. */
public final class Sha256 {
    private Sha256() {}

    /** One that has digested nothing yet. */
    public static MessageDigest begin() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: missing (expected: every Java runtime has it)", e);
        }
    }

    /** 32 bytes that stand for some others. */
    public static ByteString of(ByteString bytes) {
        return ByteString.fromArrayUnsafe(begin().digest(bytes.toArrayUnsafe()));
    }
}
