package dev.weft.registry.shard;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** What is to happen when, in a time that passes only from one event to the next. */
final class VirtualTime {
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private long micros;
    private long order;

    private record Due(long at, long order, Runnable action) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
        }
    }

    long micros() {
        return micros;
    }

    /** Lets something happen later; of two for the same time the first one first. */
    void in(long delay, Runnable action) {
        at(micros + delay, action);
    }

    void at(long time, Runnable action) {
        due.add(new Due(Math.max(time, micros), order++, action));
    }

    /** Lets everything happen that is due until something is the case, or for a while; says which. */
    boolean until(BooleanSupplier done, Duration atMost) {
        long end = micros + atMost.toNanos() / 1_000;
        while (!done.getAsBoolean()) {
            Due next = due.peek();
            if (next == null || next.at() > end) {
                micros = end;
                return done.getAsBoolean();
            }
            due.remove();
            micros = next.at();
            next.action().run();
        }
        return true;
    }
}
