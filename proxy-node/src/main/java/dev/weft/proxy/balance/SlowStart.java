package dev.weft.proxy.balance;

import java.time.Duration;

/**
 * How much of its weight an endpoint has after it has come into choice, new or again, so that it is not flooded while it
 * is cold: at time t of a window w {@code min(10, 1 + floor(10 * t / w))} tenths. Pure.
 *
 * @param window zero for the whole weight at once
 */
public record SlowStart(Duration window) {
    /** The whole weight at once. */
    public static final SlowStart OFF = new SlowStart(Duration.ZERO);

    /** Tenths of a whole weight. */
    static final int WHOLE = 10;

    public SlowStart {
        if (window.isNegative()) {
            throw new IllegalArgumentException("weft.proxy.balance.slow-start=" + window + " (expected: >= 0)");
        }
    }

    /** From 1 to 10. */
    int tenths(long sinceNanos) {
        long step = stepNanos();
        return step == 0 ? WHOLE : (int) Math.min(WHOLE, 1 + Math.max(0, sinceNanos) / step);
    }

    /** How long it stays at one tenth before the next; 0 when it has no steps. */
    long stepNanos() {
        return window.toNanos() / WHOLE;
    }
}
