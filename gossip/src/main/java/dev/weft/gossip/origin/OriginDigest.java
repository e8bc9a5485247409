package dev.weft.gossip.origin;

/**
 * How far someone is with an origin.
 *
 * @param origin which
 * @param highest the number up to which all is known; positive
 * @param horizon whoever is below needs the full state; 0 if nobody does
 */
public record OriginDigest(OriginId origin, long highest, long horizon) {
    public OriginDigest {
        if (highest <= 0 || horizon < 0 || horizon > highest) {
            throw new IllegalArgumentException("digest of " + origin + ": highest " + highest + ", horizon " + horizon
                    + " (expected: highest positive, horizon between 0 and it)");
        }
    }
}
