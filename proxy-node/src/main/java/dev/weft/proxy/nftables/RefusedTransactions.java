package dev.weft.proxy.nftables;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Transactions that the kernel refused, one after the other: when to try again, and what of it is news. One thread's. */
final class RefusedTransactions {
    private static final int MOST_DOUBLINGS = 20;

    private final Duration least;
    private final Duration most;
    private final RandomGenerator random;
    private int inARow;
    private String last = "";

    /**
     * @param least half of what is waited at most after the first; the half of each wait is up to chance
     * @param most how long to wait at most, however many there were
     */
    RefusedTransactions(Duration least, Duration most, RandomGenerator random) {
        this.least = least;
        this.most = most;
        this.random = random;
    }

    /** Whether the kernel gave another reason than for the last. */
    boolean isNews(String reason) {
        return !reason.equals(last);
    }

    /** One more was refused; returns how long to wait before the next. */
    Duration again(String reason) {
        last = reason;
        inARow++;
        long doubled = least.toMillis() << Math.min(inARow, MOST_DOUBLINGS);
        long bounded = Math.min(doubled, most.toMillis());
        return Duration.ofMillis(Math.max(1, bounded / 2 + random.nextLong(bounded / 2 + 1)));
    }

    /** One was taken. */
    void over() {
        inARow = 0;
        last = "";
    }
}
