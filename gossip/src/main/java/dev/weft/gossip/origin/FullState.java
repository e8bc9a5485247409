package dev.weft.gossip.origin;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A full state on its way, piece by piece from one source. It is put aside until it is whole, since a half of it cannot
 * tell what was withdrawn.
 */
final class FullState {
    private final long source;
    private final Map<String, OriginRecord> records = new LinkedHashMap<>();
    private long upTo;

    FullState(long source) {
        this.source = source;
    }

    boolean from(long candidate) {
        return source == candidate;
    }

    long upTo() {
        return upTo;
    }

    Map<String, OriginRecord> records() {
        return records;
    }

    /** False where the piece does not follow the one before. */
    boolean add(Delta piece, long from) {
        if (from != source || piece.after() != upTo) {
            return false;
        }
        for (OriginRecord record : piece.records()) {
            records.put(record.key(), record);
        }
        upTo = piece.upTo();
        return true;
    }
}
