package dev.weft.gossip.clock;

import java.time.InstantSource;

/**
 * Issues {@link HybridTimestamp}s that rise for ever: with the wall clock while that moves forward, by counting where it
 * stands still or was set back.
 *
 * <p>Not safe for use by several threads: each owner (a shard, a member) keeps its own.
 */
public final class HybridClock {
    private final InstantSource wallClock;
    private final int lane;
    private long last;

    /**
     * @param lane 0 to {@link HybridTimestamp#LANES} - 1; clocks with different lanes never issue equal timestamps
     * @param notBefore the first timestamp issued is after this one, e.g. the last one that was stored
     */
    public HybridClock(InstantSource wallClock, int lane, HybridTimestamp notBefore) {
        if (lane < 0 || lane >= HybridTimestamp.LANES) {
            throw new IllegalArgumentException(
                    "lane: " + lane + " (expected: 0 to " + (HybridTimestamp.LANES - 1) + ")");
        }
        this.wallClock = wallClock;
        this.lane = lane;
        this.last = notBefore.packed();
    }

    /** A timestamp after every earlier one of this clock and after all that it was shown. */
    public HybridTimestamp next() {
        long slot = HybridTimestamp.LANES;
        long afterLast = (last / slot + 1) * slot;
        long now = HybridTimestamp.ofMillis(wallClock.millis()).packed();
        last = Math.max(afterLast, now) + lane;
        return new HybridTimestamp(last);
    }

    /** Moves this clock past a timestamp that was issued elsewhere; never back. */
    public void observe(HybridTimestamp seen) {
        last = Math.max(last, seen.packed());
    }

    /** The latest timestamp issued or observed: the next one is after it. */
    public HybridTimestamp latest() {
        return new HybridTimestamp(last);
    }
}
