package dev.weft.proxy.dataplane;

import java.util.List;

/**
 * How long connecting to endpoints took: a snapshot of a histogram.
 *
 * @param counts those up to each bound and over the one before it, and at last those over all bounds
 * @param sumNanos all together
 */
public record ConnectTimes(List<Long> counts, long sumNanos) {
    /** The upper bounds, in microseconds. */
    public static final List<Integer> BOUNDS_MICROS =
            List.of(100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000);

    public ConnectTimes {
        counts = List.copyOf(counts);
    }

    /** How many there were. */
    public long total() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
