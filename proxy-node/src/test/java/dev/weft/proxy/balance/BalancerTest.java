package dev.weft.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.proxy.selection.Candidate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("a balancer")
class BalancerTest {
    private static final long SEED = 20261121;
    private static final BalanceSettings SETTINGS =
            new BalanceSettings(Algorithm.ROUND_ROBIN, Duration.ofSeconds(10), 65_537, 160, 1.25, 65_536);

    private final TargetPool pool = new TargetPool(SETTINGS);

    private static Candidate candidate(int number, int weight) {
        String address = "10." + number / 62_500 + "." + number / 250 % 250 + "." + (number % 250 + 1);
        return new Candidate(
                address, 80, "east", "east/uid-" + number, true, true, false, false, Set.of(), Set.of(), weight);
    }

    private static List<Candidate> candidates(int count) {
        List<Candidate> candidates = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            candidates.add(candidate(number, 1));
        }
        return candidates;
    }

    private static List<Candidate> weighted(int... weights) {
        List<Candidate> candidates = new ArrayList<>();
        for (int number = 0; number < weights.length; number++) {
            candidates.add(candidate(number, weights[number]));
        }
        return candidates;
    }

    private Balancer balancer(Algorithm algorithm, List<Candidate> candidates) {
        return algorithm.balancer(SETTINGS, SEED).over(pool.update(candidates));
    }

    static ClientKey client(long key) {
        return new ClientKey(key, (int) Hashing.mix(key));
    }

    private static Target pick(Balancer balancer, long key) {
        return Objects.requireNonNull(balancer.pick(client(key), 0));
    }

    private static Map<Target, Integer> counts(Balancer balancer, int picks) {
        Map<Target, Integer> counts = new HashMap<>();
        for (int number = 0; number < picks; number++) {
            counts.merge(pick(balancer, Hashing.mix(number)), 1, Integer::sum);
        }
        return counts;
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("of any kind has nothing to give without targets, and the only target with one")
    void emptyAndSingle(Algorithm algorithm) {
        assertThat(balancer(algorithm, List.of()).pick(client(1), 0)).isNull();
        Balancer single = balancer(algorithm, candidates(1));
        assertThat(counts(single, 100)).hasSize(1);
        assertThat(single.over(new TargetSet(List.of())).pick(client(1), 0)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 10, 999})
    @DisplayName("round-robin gives counts that differ by at most 1 after any run")
    void roundRobinIsEven(int size) {
        Map<Target, Integer> counts = counts(balancer(Algorithm.ROUND_ROBIN, candidates(size)), size * 5 + size / 2);
        assertThat(counts).hasSize(size);
        assertThat(Collections.max(counts.values()) - Collections.min(counts.values()))
                .isLessThanOrEqualTo(1);
    }

    @Test
    @DisplayName("round-robin is exactly even over several threads")
    void roundRobinOverThreads() throws InterruptedException {
        Balancer balancer = balancer(Algorithm.ROUND_ROBIN, candidates(7));
        Map<Target, LongAdder> counts = new ConcurrentHashMap<>();
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < 4; number++) {
            Thread thread = new Thread(() -> {
                for (int turn = 0; turn < 7_000; turn++) {
                    counts.computeIfAbsent(pick(balancer, 0), absent -> new LongAdder())
                            .increment();
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(counts.values()).extracting(LongAdder::sum).containsOnly(4_000L);
    }

    @Test
    @DisplayName("round-robin goes on with the next target when the set changes, and keeps counters")
    void roundRobinGoesOn() {
        Balancer balancer = balancer(Algorithm.ROUND_ROBIN, candidates(4));
        Target first = pick(balancer, 0);
        first.opened();
        Target second = balancer.targets().get(1);
        Target third = balancer.targets().get(2);
        List<Candidate> without = new ArrayList<>(candidates(5));
        without.remove(1);

        Balancer changed = balancer.over(pool.update(without));

        assertThat(changed.targets().contains(second)).isFalse();
        assertThat(pick(changed, 0)).as("the one after the target that left").isSameAs(third);
        assertThat(changed.targets().get(0)).isSameAs(first);
        assertThat(first.picks()).isEqualTo(1);
    }

    @Test
    @DisplayName("weighted-round-robin gives each period exactly its weights, smoothly")
    void weightedRoundRobin() {
        Balancer balancer = balancer(Algorithm.WEIGHTED_ROUND_ROBIN, weighted(5, 1, 1));
        assertThat(counts(balancer, 70)).containsValues(50, 10);
        int run = 0;
        int longest = 0;
        Target last = pick(balancer, 0);
        for (int turn = 0; turn < 70; turn++) {
            Target next = pick(balancer, 0);
            run = next == last ? run + 1 : 0;
            longest = Math.max(longest, run);
            last = next;
        }
        assertThat(longest).as("repeats in a row of the heavy one").isLessThanOrEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(names = {"WEIGHTED_RANDOM", "WEIGHTED_ROUND_ROBIN", "CONSISTENT_HASH"})
    @DisplayName("with weights gives target i a share of W_i / sum(W)")
    void weightedShares(Algorithm algorithm) {
        int picks = 200_000;
        Map<Target, Integer> counts = counts(balancer(algorithm, weighted(1, 2, 3, 10)), picks);
        counts.forEach((target, count) -> assertThat(count / (double) picks)
                .as("share of weight " + target.weight())
                .isCloseTo(target.weight() / 16.0, within(0.01)));
    }

    @ParameterizedTest
    @EnumSource(names = {"RANDOM", "SOURCE_IP_HASH", "CONSISTENT_HASH"})
    @DisplayName("without weights gives equal shares")
    void equalShares(Algorithm algorithm) {
        int picks = 200_000;
        Map<Target, Integer> counts = counts(balancer(algorithm, candidates(10)), picks);
        counts.values().forEach(count -> assertThat(count / (double) picks).isCloseTo(0.1, within(0.01)));
    }

    @ParameterizedTest
    @EnumSource(names = {"LEAST_CONNECTION", "LEAST_CONNECTION_EXACT", "LEAST_RESPONSE_TIME"})
    @DisplayName("by load keeps open connections level, by weight")
    void leastLoadIsLevel(Algorithm algorithm) {
        Balancer balancer = balancer(algorithm, weighted(1, 1, 1, 1, 2, 2));
        for (int turn = 0; turn < 8_000; turn++) {
            pick(balancer, 0).opened();
        }
        int slack = algorithm == Algorithm.LEAST_CONNECTION_EXACT ? 1 : 60;
        balancer.targets()
                .asList()
                .forEach(target -> assertThat(target.open() / target.weight()).isCloseTo(1_000, within(slack)));
    }

    @Test
    @DisplayName("least-response-time avoids a slow target and tries it again once its slowness has decayed")
    void leastResponseTime() {
        Balancer balancer = balancer(Algorithm.LEAST_RESPONSE_TIME, candidates(2));
        Target slow = balancer.targets().get(0);
        Target quick = balancer.targets().get(1);
        slow.latency(Duration.ofMillis(100).toNanos(), 0);
        quick.latency(Duration.ofMillis(1).toNanos(), 0);

        assertThat(counts(balancer, 100)).containsOnlyKeys(quick);

        long later = Duration.ofSeconds(60).toNanos();
        quick.latency(Duration.ofMillis(1).toNanos(), later);
        assertThat(balancer.pick(client(0), later)).isSameAs(slow);
    }

    @Test
    @DisplayName("by peak EWMA takes a peak over at once, comes down by exp(-dt / decay), and starts from nothing")
    void peakEwma() {
        double decay = 10;
        double average = PeakEwma.after(PeakEwma.UNKNOWN, 0, 1_000_000, 0);
        average = PeakEwma.after(average, 0, 5_000_000, 1 / decay);
        assertThat(Math.exp(average - 1 / decay)).as("a peak").isCloseTo(5e6, within(1.0));
        double keep = Math.exp(-0.3);
        average = PeakEwma.after(average, 1 / decay, 2_000_000, 4 / decay);
        assertThat(Math.exp(average - 4 / decay)).isCloseTo(5e6 * keep + 2e6 * (1 - keep), within(1.0));
        assertThat(PeakEwma.ratio(average, PeakEwma.UNKNOWN, 4 / decay)).isGreaterThan(1e6);
        assertThat(PeakEwma.ratio(average, PeakEwma.UNKNOWN, 1e6))
                .as("all decayed")
                .isEqualTo(1);
        assertThat(PeakEwma.ratio(PeakEwma.UNKNOWN, PeakEwma.UNKNOWN, 7)).isEqualTo(1);
    }

    @Test
    @DisplayName("by peak EWMA compares by an exponential that is right within 0.3 %, up to its ends")
    void quickExponential() {
        for (double x = -50; x < 50; x += 0.001) {
            assertThat(PeakEwma.exp(x) / Math.exp(x)).as("at %f", x).isCloseTo(1, within(0.003));
        }
        assertThat(PeakEwma.exp(0)).isEqualTo(1);
        assertThat(PeakEwma.exp(Double.NEGATIVE_INFINITY)).isBetween(0.0, 1e-300);
        assertThat(PeakEwma.exp(Double.POSITIVE_INFINITY)).isGreaterThan(1e300);
    }

    @ParameterizedTest
    @EnumSource(names = {"SOURCE_IP_HASH", "CONSISTENT_HASH", "RING_HASH"})
    @DisplayName("by hash agrees with any other node, whatever order it learnt the targets in")
    void hashesAgree(Algorithm algorithm) {
        Balancer here = balancer(algorithm, candidates(50));
        List<Candidate> shuffled = candidates(50);
        Collections.shuffle(shuffled, new Random(SEED));
        Balancer there = algorithm.balancer(SETTINGS, SEED + 1).over(new TargetPool(SETTINGS).update(shuffled));
        for (int key = 0; key < 5_000; key++) {
            assertThat(pick(there, key).identity()).isEqualTo(pick(here, key).identity());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSISTENT_HASH", "RING_HASH"})
    @DisplayName("by consistent hash moves at most 2.5 / n of the clients when one of n leaves; all return with it")
    void fewClientsMove(Algorithm algorithm) {
        int keys = 20_000;
        int size = 100;
        Balancer before = balancer(algorithm, candidates(size));
        Balancer without = before.over(pool.update(candidates(size).subList(1, size)));
        Balancer again = without.over(pool.update(candidates(size)));
        int moved = 0;
        for (int key = 0; key < keys; key++) {
            String owner = pick(before, key).identity();
            moved += owner.equals(pick(without, key).identity()) ? 0 : 1;
            assertThat(pick(again, key).identity()).isEqualTo(owner);
        }
        assertThat(moved / (double) keys).isBetween(0.2 / size, 2.5 / size);
    }

    @Test
    @DisplayName("ring-hash never lets a target's open connections pass the greater of the floor and the bound")
    void ringIsBounded() {
        Balancer balancer = balancer(Algorithm.RING_HASH, candidates(10));
        for (int turn = 1; turn <= 1_000; turn++) {
            pick(balancer, 42).opened(); // one client that would overload its target
            long most = balancer.targets().asList().stream()
                    .mapToInt(Target::open)
                    .max()
                    .orElse(0);
            assertThat(most).isLessThanOrEqualTo(Math.max(8, (long) Math.ceil(1.25 * turn / 10)));
        }
    }

    @Test
    @DisplayName("ring-hash leads each client where an idle one would, while no target has as many open as the floor")
    void ringAloneDecides() {
        Balancer idle = balancer(Algorithm.RING_HASH, candidates(5));
        Balancer busy = Algorithm.RING_HASH.balancer(SETTINGS, 1).over(new TargetPool(SETTINGS).update(candidates(5)));
        for (int turn = 0; turn < 7; turn++) {
            pick(busy, 42).opened();
        }
        assertThat(pick(busy, 42).open())
                .as("one less than the floor, all on one target")
                .isEqualTo(7);
        for (int key = 0; key < 10_000; key++) {
            assertThat(pick(busy, key).identity()).isEqualTo(pick(idle, key).identity());
        }
        pick(busy, 42).opened();
        assertThat(pick(busy, 42).open())
                .as("the floor is reached: on to the next")
                .isZero();
    }

    @Test
    @DisplayName("with session affinity keeps a client until it has been idle for the timeout (KP-10)")
    void affinityLasts() {
        Duration timeout = Duration.ofSeconds(10);
        Balancer balancer = new SessionAffinity(balancer(Algorithm.ROUND_ROBIN, candidates(3)), timeout, 1_024);
        long second = Duration.ofSeconds(1).toNanos();
        Target first = Objects.requireNonNull(balancer.pick(client(7), 0));
        for (int turn = 1; turn <= 10; turn++) {
            assertThat(balancer.pick(client(7), turn * 9L * second)).isSameAs(first);
        }
        assertThat(balancer.pick(client(7), 100 * second))
                .as("after 10 s without use")
                .isNotSameAs(first);
    }

    @Test
    @DisplayName("with session affinity keeps clients over a change, but not on a target that left (KP-10)")
    void affinityOverChange() {
        Balancer balancer = new SessionAffinity(balancer(Algorithm.RANDOM, candidates(5)), Duration.ofHours(3), 65_536);
        Map<Integer, Target> kept = new HashMap<>();
        for (int client = 0; client < 2_000; client++) {
            kept.put(client, pick(balancer, Hashing.mix(client)));
        }
        Balancer changed = balancer.over(pool.update(candidates(5).subList(1, 5)));
        kept.forEach((client, target) -> {
            Target now = pick(changed, Hashing.mix(client));
            if (changed.targets().contains(target)) {
                assertThat(now).isSameAs(target);
            } else {
                assertThat(now).isNotSameAs(target);
            }
        });
    }

    @Test
    @DisplayName("with session affinity stays within its memory under a flood of clients")
    void affinityIsBounded() {
        Balancer balancer = new SessionAffinity(balancer(Algorithm.RANDOM, candidates(5)), Duration.ofHours(3), 1_024);
        Set<Target> seen = new HashSet<>();
        for (long client = 0; client < 100_000; client++) {
            seen.add(pick(balancer, Hashing.mix(client)));
        }
        assertThat(seen).hasSize(5);
        Target last = pick(balancer, Hashing.mix(99_999));
        assertThat(pick(balancer, Hashing.mix(99_999))).isSameAs(last);
    }

    @Test
    @DisplayName("names are those of the annotation, each once")
    void namesRoundTrip() {
        for (Algorithm algorithm : Algorithm.values()) {
            assertThat(Algorithm.named(algorithm.label())).contains(algorithm);
        }
        assertThat(Algorithm.named("fastest")).isEmpty();
    }
}
