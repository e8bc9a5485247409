package dev.weft.gossip.spread;

import java.util.List;

/**
 * How long others' changes took to get here, counted in buckets.
 *
 * @param counts for each of the bounds those up to it and above the one before, and at last those above all
 * @param sumMillis of all together
 */
public record ConvergenceReport(List<Long> counts, double sumMillis) {
    /** Upper bounds of the buckets, in milliseconds. */
    public static final List<Integer> BOUNDS_MILLIS =
            List.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000);

    public ConvergenceReport {
        counts = List.copyOf(counts);
    }
}
