package dev.weft.deploy.client;

import dev.weft.gossip.HostPort;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Calls one address again and again, one call at a time, and keeps count of who answered and what failed. */
public final class CallLoop implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int MAX_FAILURES_KEPT = 100;

    private final HostPort target;
    private final Duration pause;
    private final InstantSource clock;
    private final Map<String, AtomicLong> answers = new ConcurrentHashMap<>();
    private final Map<String, Instant> lastBegun = new ConcurrentHashMap<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicLong failed = new AtomicLong();
    private final Thread caller;
    private volatile boolean stopping;

    private CallLoop(HostPort target, Duration pause, InstantSource clock) {
        this.target = target;
        this.pause = pause;
        this.clock = clock;
        this.caller = new Thread(this::run, "calls to " + target);
        caller.setDaemon(true);
    }

    /**
     * Begins to call.
     *
     * @param pause between the end of a call and the next
     */
    public static CallLoop start(HostPort target, Duration pause, InstantSource clock) {
        CallLoop loop = new CallLoop(target, pause, clock);
        loop.caller.start();
        return loop;
    }

    private void run() {
        while (!stopping) {
            Instant begun = clock.instant();
            try {
                String name = HttpCall.get(target, "/", TIMEOUT);
                answers.computeIfAbsent(name, any -> new AtomicLong()).incrementAndGet();
                lastBegun.put(name, begun);
            } catch (IOException e) {
                failed.incrementAndGet();
                if (failures.size() < MAX_FAILURES_KEPT) {
                    failures.add(begun + " " + e);
                }
            }
            LockSupport.parkNanos(pause.toNanos());
        }
    }

    /** How often each backend answered since the start, by name. */
    public Map<String, Long> answers() {
        Map<String, Long> counts = new TreeMap<>();
        answers.forEach((name, count) -> counts.put(name, count.get()));
        return counts;
    }

    /** All answers so far. */
    public long total() {
        return answers.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** When the latest call began that this backend answered; null if it never did. */
    public @Nullable Instant lastCallAnsweredBy(String backend) {
        return lastBegun.get(backend);
    }

    /** How many calls failed. */
    public long failed() {
        return failed.get();
    }

    /** What the first failures were. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** Ends the loop after the call that is under way. */
    @Override
    public void close() {
        stopping = true;
        try {
            caller.join(TIMEOUT.toMillis() * 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
