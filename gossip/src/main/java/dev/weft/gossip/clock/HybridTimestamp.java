package dev.weft.gossip.clock;

import java.time.Instant;

/**
 * A point in hybrid time, packed into 63 bits: 43 bits of milliseconds since the epoch, then 20 bits that order what
 * happened within one millisecond (a 12-bit counter above an 8-bit lane).
 *
 * @param packed the 63-bit form; larger is later. Never negative.
 */
public record HybridTimestamp(long packed) implements Comparable<HybridTimestamp> {
    static final int LOGICAL_BITS = 20;
    static final int LANE_BITS = 8;

    /** How many clocks may issue timestamps side by side without ever issuing equal ones. */
    public static final int LANES = 1 << LANE_BITS;

    /** Before every timestamp that a clock issues. */
    public static final HybridTimestamp ZERO = new HybridTimestamp(0);

    public HybridTimestamp {
        if (packed < 0) {
            throw new IllegalArgumentException("packed: " + packed + " (expected: not negative)");
        }
    }

    /** The first timestamp of a millisecond. */
    public static HybridTimestamp ofMillis(long millis) {
        return new HybridTimestamp(millis << LOGICAL_BITS);
    }

    /** The first timestamp of the millisecond that an instant is in. */
    public static HybridTimestamp of(Instant instant) {
        return ofMillis(instant.toEpochMilli());
    }

    /** Wall-clock part, milliseconds since the epoch; at most a little ahead of the clock that issued it. */
    public long millis() {
        return packed >>> LOGICAL_BITS;
    }

    /** Wall-clock part. */
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    public boolean isAfter(HybridTimestamp other) {
        return packed > other.packed;
    }

    @Override
    public int compareTo(HybridTimestamp other) {
        return Long.compare(packed, other.packed);
    }
}
