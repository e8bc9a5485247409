package dev.weft.proxy.dataplane;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How many connections something may have open, within what the whole may have that it is part of. For any thread. */
final class ConnectionBudget {
    private volatile int limit;
    private final @Nullable ConnectionBudget whole;
    private final AtomicInteger taken = new AtomicInteger();

    ConnectionBudget(int limit, @Nullable ConnectionBudget whole) {
        this.limit = limit;
        this.whole = whole;
    }

    /** Another limit from now on; those over it stay. */
    void limit(int other) {
        limit = other;
    }

    /** Takes one here and of the whole, or none at all. */
    boolean take() {
        if (taken.incrementAndGet() > limit || (whole != null && !whole.take())) {
            taken.decrementAndGet();
            return false;
        }
        return true;
    }

    void release() {
        taken.decrementAndGet();
        if (whole != null) {
            whole.release();
        }
    }

    int taken() {
        return taken.get();
    }
}
