package dev.weft.gossip.origin;

import akka.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * How far someone is with an origin.
 *
 * @param origin which
 * @param highest the number up to which all is known; positive
 * @param horizon whoever is below needs the full state; 0 if nobody does
 * @param proof for the origin's own cluster, that it once sealed this; null for others, who ask for the records
 */
public record OriginDigest(
        OriginId origin,
        long highest,
        long horizon,
        @Nullable Proof proof) {
    /** What the origin sealed: the root of its live records, and its word on them. */
    public record Proof(ByteString root, ByteString seal) {}

    public OriginDigest {
        if (highest <= 0 || horizon < 0 || horizon > highest) {
            throw new IllegalArgumentException("digest of " + origin + ": highest " + highest + ", horizon " + horizon
                    + " (expected: highest positive, horizon between 0 and it)");
        }
    }

    public OriginDigest(OriginId origin, long highest, long horizon) {
        this(origin, highest, horizon, null);
    }
}
