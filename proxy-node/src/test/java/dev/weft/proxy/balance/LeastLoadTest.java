package dev.weft.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.proxy.outlier.OutlierSettings;
import dev.weft.proxy.selection.Candidate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the tournament of least-connection-exact")
class LeastLoadTest {
    private static final long SEED = 20261122;
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final BalanceSettings SETTINGS = new BalanceSettings(
            Algorithm.ROUND_ROBIN,
            Duration.ofSeconds(10),
            65_537,
            160,
            1.25,
            8,
            65_536,
            1_000,
            OutlierSettings.OFF,
            new SlowStart(WINDOW),
            140,
            RoundTripBounds.USUAL);

    private final TargetPool pool = new TargetPool(SETTINGS);

    private static List<Candidate> candidates(int count, int mostWeight) {
        List<Candidate> candidates = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            String address = "10.0." + number / 250 + "." + (number % 250 + 1);
            candidates.add(new Candidate(
                    address,
                    80,
                    "",
                    "/uid-" + number,
                    true,
                    true,
                    false,
                    false,
                    Set.of(),
                    Set.of(),
                    1 + number % mostWeight));
        }
        return candidates;
    }

    private Balancer exact(List<Candidate> candidates) {
        return Algorithm.LEAST_CONNECTION_EXACT.balancer(SETTINGS, SEED).over(pool.update(candidates));
    }

    private static Target pick(Balancer balancer) {
        return Objects.requireNonNull(balancer.pick(BalancerTest.client(0), 0));
    }

    /** Whether no other target has a lesser {@code (open + 1) / S}. */
    private static boolean isLeast(Target picked, Balancer balancer) {
        return balancer.targets().asList().stream()
                .noneMatch(other -> (other.open() + 1L) * picked.share() < (picked.open() + 1L) * other.share());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 8, 31, 100})
    @DisplayName("picks what a look at every target would, after any opening and closing, by weight")
    void exactAfterAnything(int size) {
        Balancer balancer = exact(candidates(size, 5));
        Random random = new Random(SEED);
        List<Target> open = new ArrayList<>();
        for (int turn = 0; turn < 5_000; turn++) {
            Target picked = pick(balancer);
            assertThat(isLeast(picked, balancer))
                    .as("turn %d of %d targets, seed %d", turn, size, SEED)
                    .isTrue();
            if (open.isEmpty() || random.nextInt(100) < 52) {
                Target opening =
                        random.nextBoolean() ? picked : balancer.targets().get(random.nextInt(size));
                opening.opened();
                open.add(opening);
            } else {
                open.remove(random.nextInt(open.size())).closed();
            }
        }
    }

    @Test
    @DisplayName("follows weights and slow starts, and connections that were open before")
    void followsShares() {
        Balancer before = exact(candidates(4, 1));
        for (int turn = 0; turn < 8; turn++) {
            pick(before).opened();
        }
        List<Candidate> changed = new ArrayList<>(candidates(4, 1));
        changed.set(2, changed.get(2).weighing(9));
        Balancer after = before.over(pool.update(changed));
        Target heavy = after.targets().get(2);
        assertThat(pick(after)).as("the one whose weight has grown").isSameAs(heavy);

        heavy.startSlowly(0);
        assertThat(pick(after)).as("while it is cold").isNotSameAs(heavy);
        heavy.warmUp(WINDOW.toNanos());
        assertThat(pick(after)).as("when it is warm").isSameAs(heavy);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 6, 10})
    @DisplayName("leaves ties to chance, evenly: idle targets share connections that come one after the other")
    void tiesAreEven(int size) {
        Balancer balancer = exact(candidates(size, 1));
        Map<Target, Integer> counts = new HashMap<>();
        int turns = 20_000;
        for (int turn = 0; turn < turns; turn++) {
            Target picked = pick(balancer);
            picked.opened();
            counts.merge(picked, 1, Integer::sum);
            picked.closed();
        }
        assertThat(counts).hasSize(size);
        counts.values()
                .forEach(count ->
                        assertThat(count / (double) turns).as("seed %d", SEED).isCloseTo(1.0 / size, within(0.03)));
    }

    @Test
    @DisplayName("loses no change that threads make at once: when they are done the pick is exact again")
    void threads() throws Exception {
        int threads = 4;
        int rounds = 200;
        Balancer balancer = exact(candidates(37, 3));
        CyclicBarrier quiet = new CyclicBarrier(
                threads,
                () -> assertThat(isLeast(pick(balancer), balancer))
                        .as("seed %d", SEED)
                        .isTrue());
        List<Thread> running = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int number = 0; number < threads; number++) {
            Random random = new Random(SEED + number);
            Thread thread = new Thread(() -> {
                try {
                    churn(balancer, random, rounds, quiet);
                } catch (Exception | AssertionError e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            });
            thread.start();
            running.add(thread);
        }
        for (Thread thread : running) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    private static void churn(Balancer balancer, Random random, int rounds, CyclicBarrier quiet) throws Exception {
        List<Target> open = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (int turn = 0; turn < 50; turn++) {
                if (open.isEmpty() || random.nextBoolean()) {
                    Target picked = pick(balancer);
                    picked.opened();
                    open.add(picked);
                } else {
                    open.remove(random.nextInt(open.size())).closed();
                }
            }
            quiet.await();
        }
    }

    @Test
    @DisplayName("tells the balancer that was made last, not the one before it")
    void toldLast() {
        TargetSet targets = pool.update(candidates(3, 1));
        Balancer old = Algorithm.LEAST_CONNECTION_EXACT.balancer(SETTINGS, SEED).over(targets);
        Balancer current = old.over(targets);
        Target picked = pick(current);
        picked.opened();
        assertThat(pick(current)).isNotSameAs(picked);
        picked.closed();
    }
}
