package dev.weft.gossip;

import akka.util.ByteString;
import dev.weft.gossip.wire.WireBounds;
import org.jspecify.annotations.Nullable;

/** What this process may publish, checked where it is said and not where others refuse it. */
record RecordBounds(WireBounds wire) {
    /** @throws IllegalArgumentException where there is no such shard */
    void check(int shard) {
        if (shard < 0 || shard >= wire.shards()) {
            throw new IllegalArgumentException("shard: " + shard + " (expected: 0 to " + (wire.shards() - 1) + ")");
        }
    }

    /**
     * @param payload null where the key is withdrawn
     * @throws IllegalArgumentException where one of the two is too long
     */
    void check(String key, @Nullable ByteString payload) {
        if (key.length() > wire.keyLength()) {
            throw new IllegalArgumentException("key " + key + ": " + key.length() + " characters (expected: at most "
                    + wire.keyLength() + ", weft.gossip.wire.key-length)");
        }
        if (payload != null && payload.length() > wire.payloadBytes()) {
            throw new IllegalArgumentException("payload of " + key + ": " + payload.length()
                    + " bytes (expected: at most " + wire.payloadBytes() + ", weft.gossip.wire.payload-bytes)");
        }
    }
}
