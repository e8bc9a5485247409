package dev.weft.proxy.dataplane;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps retries in proportion to connections, so that a failing service is not asked ever more often: each connection
 * pays in a share of a retry, each retry takes out a whole one. For any thread.
 */
final class RetryBudget {
    private static final long ONE = 1_000;

    private final long share;
    private final long most;
    private final AtomicLong balance;

    /**
     * Begins with the reserve.
     *
     * @param ratio retries for each connection, from 0
     * @param reserve how many retries may be saved up (count)
     */
    RetryBudget(double ratio, int reserve) {
        this.share = Math.round(ratio * ONE);
        this.most = reserve * ONE;
        this.balance = new AtomicLong(most);
    }

    void connection() {
        if (balance.get() < most) { // full nearly always: then nothing is written
            balance.accumulateAndGet(share, (now, added) -> Math.min(most, now + added));
        }
    }

    boolean takeRetry() {
        for (long now = balance.get(); now >= ONE; now = balance.get()) {
            if (balance.compareAndSet(now, now - ONE)) {
                return true;
            }
        }
        return false;
    }
}
