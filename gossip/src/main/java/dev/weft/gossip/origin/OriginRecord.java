package dev.weft.gossip.origin;

import akka.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * The newest word of an origin on one key.
 *
 * @param key unique within the origin
 * @param number rises within the origin; a hybrid timestamp
 * @param previous the number that the origin gave out just before, 0 for its first
 * @param payload null in a tombstone
 */
public record OriginRecord(
        String key, long number, long previous, @Nullable ByteString payload) implements TreeNode {
    /** What a record costs in a frame beyond its key and payload, at most; bytes. */
    private static final int OVERHEAD_BYTES = 32;

    public OriginRecord {
        if (number <= 0 || previous < 0 || previous >= number) {
            throw new IllegalArgumentException(
                    "number: " + number + " after " + previous + " (expected: positive and rising)");
        }
    }

    /** Whether the key was withdrawn. */
    public boolean tombstone() {
        return payload == null;
    }

    /** About how many bytes it takes in a frame; never too few for keys in ASCII. */
    public int bytes() {
        return OVERHEAD_BYTES + key.length() + (payload == null ? 0 : payload.length());
    }
}
