package dev.weft.gossip.origin;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Records on their way, piece by piece from one source. They are put aside until all are here, since only the whole can be
 * compared with what the origin sealed, and a half of a full state cannot tell what was withdrawn.
 */
final class Arrival {
    private final long source;
    private final boolean full;
    private final long horizon;
    private final Map<String, OriginRecord> records = new LinkedHashMap<>();
    private long upTo;
    private long bytes;

    private Arrival(long source, boolean full, long upTo, long horizon) {
        this.source = source;
        this.full = full;
        this.upTo = upTo;
        this.horizon = horizon;
    }

    /** Made for a first piece, which is still to be added. */
    static Arrival of(Delta first, long source) {
        return new Arrival(source, first.full(), first.after(), first.horizon());
    }

    boolean from(long candidate) {
        return source == candidate;
    }

    boolean full() {
        return full;
    }

    long upTo() {
        return upTo;
    }

    long bytes() {
        return bytes;
    }

    Map<String, OriginRecord> records() {
        return records;
    }

    /**
     * False where the piece does not follow the one before, or the sender forgot meanwhile what would correct pieces that
     * are here.
     */
    boolean add(Delta piece, long from) {
        boolean follows = from == source && piece.full() == full && piece.after() == upTo;
        if (!follows || piece.horizon() > Math.max(horizon, piece.after())) {
            return false;
        }
        for (OriginRecord record : piece.records()) {
            // The latest word of a key, at its place in the order.
            records.remove(record.key());
            records.put(record.key(), record);
        }
        upTo = piece.upTo();
        bytes += piece.bytes();
        return true;
    }
}
