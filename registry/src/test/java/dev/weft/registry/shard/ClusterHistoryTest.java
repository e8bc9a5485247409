package dev.weft.registry.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Properties: {@code weft.history.seeds} how many seeds, without it as many as fit into some seconds; {@code
 * weft.history.seed} the first of them.
 */
@DisplayName("A cluster in virtual time whose processes are killed, paused, cut off and restarted")
class ClusterHistoryTest {
    private static final int LONGEST = 300;

    private static final Duration BUDGET = Duration.ofSeconds(15);
    private static final int MOST = 2_000;
    private static final String AGAIN = "mvn -pl registry -am test -Dtest=ClusterHistoryTest#holds"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dweft.history.seeds=1 -Dweft.history.seed=";

    @Test
    @DisplayName(
            "loses no acknowledged write, reads nothing stale, and shows every watcher every change, in order, once")
    void holds() throws InterruptedException, ExecutionException {
        long first = Long.getLong("weft.history.seed", 0);
        int wanted = Integer.getInteger("weft.history.seeds", 0);
        long begun = System.nanoTime();
        BooleanSupplier enough = () -> wanted == 0 && System.nanoTime() - begun >= BUDGET.toNanos();
        AtomicInteger taken = new AtomicInteger();
        int most = wanted > 0 ? wanted : MOST;
        // A history knows nothing of another: as many at a time as there are processors.
        int processors = Runtime.getRuntime().availableProcessors();
        ExecutorService workers = Executors.newFixedThreadPool(processors);
        Tally all = new Tally(0, 0, 0, 0, 0);
        try {
            Callable<Tally> worker = () -> {
                Tally own = new Tally(0, 0, 0, 0, 0);
                for (int next = taken.getAndIncrement();
                        next < most && !enough.getAsBoolean();
                        next = taken.getAndIncrement()) {
                    try {
                        own = own.plus(history(first + next));
                    } catch (AssertionError e) {
                        taken.set(most); // one that fails is enough
                        throw e;
                    }
                }
                return own;
            };
            for (Future<Tally> each : workers.invokeAll(Collections.nCopies(processors, worker))) {
                all = all.plus(each.get());
            }
        } finally {
            workers.shutdownNow();
        }
        System.out.printf("%s from seed %d on; %d ms%n", all, first, (System.nanoTime() - begun) / 1_000_000);
        assertThat(all.writes()).isGreaterThan(10L * all.histories());
        assertThat(all.watches()).isGreaterThan(4L * all.histories());
    }

    private static Tally history(long seed) {
        SimulatedHistory run = new SimulatedHistory(seed, Set.of());
        try {
            run.run();
        } catch (Throwable e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "\nafter" + run + "\nOnce more: " + AGAIN + seed, e);
        }
        return new Tally(1, run.events(), run.acknowledged(), run.failures(), run.watches());
    }

    /** What happened in some histories. */
    private record Tally(int histories, long events, long writes, long failures, long watches) {
        Tally plus(Tally other) {
            return new Tally(
                    histories + other.histories,
                    events + other.events,
                    writes + other.writes,
                    failures + other.failures,
                    watches + other.watches);
        }

        @Override
        public String toString() {
            return histories + " histories: " + events + " events stored, " + writes + " writes acknowledged and "
                    + failures + " not confirmed, " + watches + " watches";
        }
    }

    @ParameterizedTest
    @EnumSource(Defect.class)
    @DisplayName("is judged: the history of one that does this is refused")
    void notices(Defect defect) {
        for (long seed = 0; seed < MOST; seed++) {
            try {
                new SimulatedHistory(seed, EnumSet.of(defect)).run();
            } catch (AssertionError | IllegalArgumentException e) {
                System.out.println(
                        defect + " is noticed with seed " + seed + ": " + shortened(String.valueOf(e.getMessage())));
                return;
            }
        }
        throw new AssertionError("nobody noticed that it " + defect);
    }

    /** Some say all that there was and all that should have been. */
    private static String shortened(String message) {
        String line = message.replaceAll("\\s+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + " ...";
    }
}
