package dev.weft.gossip.origin;

/**
 * A request for what follows in an origin.
 *
 * @param origin which
 * @param after the number up to which the asker is complete or, within a full state, up to which he has received it
 * @param full whether this asks for a full state, or for more of one that the same peer has begun
 */
public record Want(OriginId origin, long after, boolean full) {
    public Want {
        if (after < 0) {
            throw new IllegalArgumentException("want of " + origin + ": after " + after + " (expected: not negative)");
        }
    }
}
