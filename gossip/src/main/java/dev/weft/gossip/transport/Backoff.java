package dev.weft.gossip.transport;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When to try again: {@code first * 2^(failures - 1)}, at most {@code most}, then between half and all of it by chance, so
 * that those who failed together do not try again together.
 */
public record Backoff(Duration first, Duration most) {
    private static final int LARGEST_SHIFT = 30;

    public Backoff {
        if (first.isNegative() || first.isZero() || most.compareTo(first) < 0) {
            throw new IllegalArgumentException("backoff: " + first + " to " + most + " (expected: positive, rising)");
        }
    }

    /** How long to wait after so many failures in a row, 1 or more. */
    public Duration after(int failures, RandomGenerator random) {
        long wanted = first.toMillis() << Math.min(LARGEST_SHIFT, Math.max(0, failures - 1));
        long millis = Math.max(1, Math.min(wanted, most.toMillis()));
        return Duration.ofMillis(millis - random.nextLong(millis / 2 + 1));
    }
}
