package dev.weft.proxy.dataplane;

import java.util.concurrent.atomic.AtomicInteger;

/** How many connections the whole proxy-node may have open. Safe for any thread. */
final class ConnectionBudget {
    private final int limit;
    private final AtomicInteger taken = new AtomicInteger();

    ConnectionBudget(int limit) {
        this.limit = limit;
    }

    boolean take() {
        if (taken.incrementAndGet() > limit) {
            taken.decrementAndGet();
            return false;
        }
        return true;
    }

    void release() {
        taken.decrementAndGet();
    }

    int taken() {
        return taken.get();
    }
}
