package dev.weft.gossip.trust;

import akka.util.ByteString;

/**
 * A member's word that a key is out for good, whatever anybody says of it.
 *
 * @param cluster the name it had
 * @param key which
 * @param at when, a hybrid timestamp
 * @param by name of the member that says so
 * @param byKey its key, so that this can be checked when that member is gone as well
 * @param signature of that member
 */
public record Expulsion(String cluster, VerifyKey key, long at, String by, VerifyKey byKey, ByteString signature) {
    /** A member's word. */
    public static Expulsion of(String cluster, VerifyKey key, ClusterIdentity by, long now) {
        return new Expulsion(
                cluster, key, now, by.cluster(), by.key(), by.sign(message(cluster, key, now, by.cluster())));
    }

    /** Whether the key that is named as the speaker's signed this. */
    public boolean signed() {
        return byKey.signed(message(cluster, key, at, by), signature);
    }

    private static byte[] message(String cluster, VerifyKey key, long at, String by) {
        return new Statement("weft expulsion 1")
                .add(cluster)
                .add(key.raw())
                .add(at)
                .add(by)
                .bytes();
    }
}
