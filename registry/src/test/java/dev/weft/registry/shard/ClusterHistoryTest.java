package dev.weft.registry.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
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
    void holds() {
        long first = Long.getLong("weft.history.seed", 0);
        int wanted = Integer.getInteger("weft.history.seeds", 0);
        long begun = System.nanoTime();
        long events = 0;
        long writes = 0;
        long watches = 0;
        long failures = 0;
        int seeds = 0;
        while (wanted > 0 ? seeds < wanted : seeds < MOST && System.nanoTime() - begun < BUDGET.toNanos()) {
            long seed = first + seeds++;
            SimulatedHistory run = new SimulatedHistory(seed, Set.of());
            try {
                run.run();
            } catch (Throwable e) {
                throw new AssertionError(
                        "seed " + seed + ": " + e.getMessage() + "\nafter" + run + "\nOnce more: " + AGAIN + seed, e);
            }
            events += run.events();
            writes += run.acknowledged();
            watches += run.watches();
            failures += run.failures();
        }
        System.out.printf(
                "%d histories from seed %d on: %d events stored, %d writes acknowledged and %d not confirmed, %d watches;"
                        + " %d ms%n",
                seeds, first, events, writes, failures, watches, (System.nanoTime() - begun) / 1_000_000);
        assertThat(writes).isGreaterThan(10L * seeds);
        assertThat(watches).isGreaterThan(4L * seeds);
    }

    @ParameterizedTest
    @EnumSource(Defect.class)
    @DisplayName("is judged: the history of one that does this is refused")
    void notices(Defect defect) {
        for (long seed = 0; seed < 400; seed++) {
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
