package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Target;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Endpoints that have left a listener's choice, and until when their connections may run on. One timer for all of them, and
 * each stands here once, however often it comes and goes. Told from any thread, tells on one loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // timers need no looking after
final class Departures {
    private final EventLoopGroup loop;
    private final LongSupplier nanos;
    private final long deadlineNanos;
    private final Consumer<Set<Target>> due;
    private final Map<Target, Long> dueNanos = new ConcurrentHashMap<>();
    /** Whether a timer runs; it comes before whoever leaves now is due. */
    private final AtomicBoolean waiting = new AtomicBoolean();

    /**
     * @param loop of one thread
     * @param due told those whose time is up, on the loop
     */
    Departures(EventLoopGroup loop, LongSupplier nanos, Duration deadline, Consumer<Set<Target>> due) {
        this.loop = loop;
        this.nanos = nanos;
        this.deadlineNanos = deadline.toNanos();
        this.due = due;
    }

    /** These have left, just now. From any thread. */
    void add(Set<Target> left) {
        long at = nanos.getAsLong() + deadlineNanos;
        left.forEach(target -> dueNanos.put(target, at));
        waitFor(deadlineNanos);
    }

    private void waitFor(long delayNanos) {
        if (waiting.compareAndSet(false, true)) {
            loop.schedule(this::expire, Math.max(1, delayNanos), TimeUnit.NANOSECONDS);
        }
    }

    private void expire() {
        waiting.set(false);
        long now = nanos.getAsLong();
        Set<Target> over = new HashSet<>();
        long next = Long.MAX_VALUE;
        for (Map.Entry<Target, Long> each : dueNanos.entrySet()) {
            long left = each.getValue() - now;
            if (left > 0) {
                next = Math.min(next, left);
            } else {
                over.add(each.getKey());
            }
        }
        // Who has come and left again meanwhile has more time.
        over.removeIf(target -> dueNanos.computeIfPresent(target, (same, at) -> at - now > 0 ? at : null) != null);
        if (!dueNanos.isEmpty()) {
            waitFor(Math.min(next, deadlineNanos));
        }
        due.accept(over);
    }
}
