package dev.weft.gossip.trust;

import akka.util.ByteString;
import java.util.function.Consumer;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Who a cluster is: its name and its key. Made once, at the cluster's first start; all processes of a cluster share it.
 * Safe for use by several threads.
 */
public final class ClusterIdentity {
    /** Bytes of the secret half of a key. */
    public static final int SEED_BYTES = Ed25519.SECRET_KEY_SIZE;

    private final String cluster;
    private final byte[] seed;
    private final VerifyKey key;

    private ClusterIdentity(String cluster, byte[] seed) {
        this.cluster = cluster;
        this.seed = seed;
        byte[] open = new byte[Ed25519.PUBLIC_KEY_SIZE];
        Ed25519.generatePublicKey(seed, 0, open, 0);
        this.key = new VerifyKey(ByteString.fromArrayUnsafe(open));
    }

    /**
     * A new identity.
     *
     * @param chance fills bytes with what nobody can guess, e.g. {@code SecureRandom::nextBytes}
     */
    public static ClusterIdentity create(String cluster, Consumer<byte[]> chance) {
        byte[] seed = new byte[SEED_BYTES];
        chance.accept(seed);
        return new ClusterIdentity(cluster, seed);
    }

    /** The identity with this secret key. */
    public static ClusterIdentity of(String cluster, byte[] seed) {
        if (seed.length != SEED_BYTES) {
            throw new IllegalArgumentException(
                    "key of " + cluster + ": " + seed.length + " bytes (expected: " + SEED_BYTES + ")");
        }
        return new ClusterIdentity(cluster, seed.clone());
    }

    /** The name that goes with the key. */
    public String cluster() {
        return cluster;
    }

    /** What others know this cluster by. */
    public VerifyKey key() {
        return key;
    }

    /** 64 bytes that only this cluster can make for the message. */
    public ByteString sign(byte[] message) {
        byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
        Ed25519.sign(seed, 0, message, 0, message.length, signature, 0);
        return ByteString.fromArrayUnsafe(signature);
    }

    /** The secret key; for the wiring, which stores it or hands it to another process of the cluster. */
    public byte[] secret() {
        return seed.clone();
    }

    @Override
    public String toString() {
        return cluster + " (" + key + ")";
    }
}
