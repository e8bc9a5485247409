package dev.weft.registry.shard;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What carries messages between simulated processes: it delays them and, where it breaks, loses them, but keeps the order
 * between two processes, as Akka's does.
 */
final class SimulatedNetwork {
    private final VirtualTime time;
    private final Random random;
    private final Map<String, Long> slowLinks = new HashMap<>();
    private @Nullable SimulatedNode running;
    private long lossyUntil;
    private long slowUntil;

    SimulatedNetwork(VirtualTime time, Random random) {
        this.time = time;
        this.random = random;
    }

    /** The process that is doing something now; null between them. */
    @Nullable
    SimulatedNode running() {
        return running;
    }

    /** Does something as a process. */
    <T> T as(SimulatedNode node, Supplier<T> action) {
        SimulatedNode before = running;
        running = node;
        try {
            return action.get();
        } finally {
            running = before;
        }
    }

    /** Sends something from the process that is running, or from outside, to another. */
    void deliver(SimulatedNode to, Runnable action) {
        SimulatedNode from = running;
        if (from != to && from != null && isLost(from.host(), to.host())) {
            return;
        }
        send(
                from == null ? "outside" : from.name(),
                to,
                from == to ? 1L + random.nextInt(20) : delay(from, to),
                action);
    }

    /** Sends something that is on its way for so long, or longer: what one sends another arrives in order. */
    void send(String from, SimulatedNode to, long delay, Runnable action) {
        time.at(to.arrival(from, time.micros() + delay), () -> to.run(action));
    }

    private boolean isLost(SimulatedHost from, SimulatedHost to) {
        return from.isCut() || to.isCut() || (time.micros() < lossyUntil && random.nextInt(4) == 0);
    }

    /** For how long a message is on its way, in microseconds. */
    long delay() {
        long usual = 50L + random.nextInt(random.nextInt(20) == 0 ? 20_000 : 1_000);
        return time.micros() < slowUntil ? usual + random.nextInt(400_000) : usual;
    }

    private long delay(@Nullable SimulatedNode from, SimulatedNode to) {
        boolean slow = from != null
                && !slowLinks.isEmpty()
                && time.micros() < slowLinks.getOrDefault(link(from.host(), to.host()), 0L);
        return slow ? delay() + random.nextInt(800_000) : delay();
    }

    private static String link(SimulatedHost from, SimulatedHost to) {
        return from.name() + " " + to.name();
    }

    /** For a while messages are lost. */
    void lose(long micros) {
        lossyUntil = time.micros() + micros;
    }

    /** For a while messages take long. */
    void slowDown(long micros) {
        slowUntil = time.micros() + micros;
    }

    /** For a while messages that go from one machine to another one take long. */
    void slowDown(SimulatedHost from, SimulatedHost to, long micros) {
        slowLinks.put(link(from, to), time.micros() + micros);
    }
}
