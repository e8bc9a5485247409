package dev.weft.registry.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Keys that sort by persistence id, then number. Numbers are big-endian and never negative. */
final class StoreKeys {
    private StoreKeys() {}

    /** One event. */
    static byte[] event(String persistenceId, long sequenceNr) {
        return prefixed(persistenceId, Long.BYTES).putLong(sequenceNr).array();
    }

    /** One part of a snapshot; part -1 is before all others and says that the snapshot is complete. */
    static byte[] snapshot(String persistenceId, long sequenceNr, long timestamp, int part) {
        return prefixed(persistenceId, 2 * Long.BYTES + Integer.BYTES)
                .putLong(sequenceNr)
                .putLong(timestamp)
                .putInt(part + 1)
                .array();
    }

    /** Up to where the events of an id have been removed. */
    static byte[] removedTo(String persistenceId) {
        return ("removed-to/" + persistenceId).getBytes(StandardCharsets.UTF_8);
    }

    /** The number in an event's key. */
    static long sequenceNr(byte[] eventKey) {
        return ByteBuffer.wrap(eventKey).getLong(eventKey.length - Long.BYTES);
    }

    private static ByteBuffer prefixed(String persistenceId, int more) {
        byte[] id = persistenceId.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(id.length + 1 + more).put(id).put((byte) 0);
    }
}
