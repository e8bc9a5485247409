package dev.weft.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.selection.Candidate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("consistent hashing")
class DisruptionTest {
    private static final long SEED = 20261122;
    private static final int KEYS = 100_000;
    private static final BalanceSettings SETTINGS =
            new BalanceSettings(Algorithm.ROUND_ROBIN, Duration.ofSeconds(10), 65_537, 160, 1.25, 65_536);

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

    private static Balancer balancer(Algorithm algorithm, List<Candidate> candidates) {
        return algorithm.balancer(SETTINGS, SEED).over(new TargetPool(SETTINGS).update(candidates));
    }

    private static String[] owners(Balancer balancer) {
        String[] owners = new String[KEYS];
        for (int key = 0; key < KEYS; key++) {
            owners[key] = Objects.requireNonNull(balancer.pick(BalancerTest.client(Hashing.mix(key + SEED)), 0))
                    .identity();
        }
        return owners;
    }

    private static double moved(String[] before, String[] after) {
        int moved = 0;
        for (int key = 0; key < KEYS; key++) {
            moved += before[key].equals(after[key]) ? 0 : 1;
        }
        return moved / (double) KEYS;
    }

    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource({
        "CONSISTENT_HASH, 3", "CONSISTENT_HASH, 10", "CONSISTENT_HASH, 100", "CONSISTENT_HASH, 1000",
        "RING_HASH, 3", "RING_HASH, 10", "RING_HASH, 100", "RING_HASH, 1000"
    })
    @DisplayName("moves at most 2.5 / n of the clients when one of n leaves, and all return with it")
    void fewMove(Algorithm algorithm, int size) {
        String[] before = owners(balancer(algorithm, candidates(size)));
        Random random = new Random(SEED);
        int leavers = 5;
        double moved = 0;
        for (int turn = 0; turn < leavers; turn++) {
            List<Candidate> left = candidates(size);
            Candidate leaver = left.remove(random.nextInt(size));
            moved += moved(before, owners(balancer(algorithm, left)));
            left.add(leaver);
            if (turn == 0) {
                assertThat(owners(balancer(algorithm, left))).isEqualTo(before);
            }
        }
        assertThat(moved / leavers).as("seed %d", SEED).isBetween(0.5 / size, 2.5 / size);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSISTENT_HASH", "RING_HASH"})
    @DisplayName("is a matter of the set alone: any way to it gives the same owners")
    void noHistory(Algorithm algorithm) {
        Random random = new Random(SEED);
        TargetPool pool = new TargetPool(SETTINGS);
        Balancer travelled = algorithm.balancer(SETTINGS, SEED).over(pool.update(candidates(40)));
        for (int turn = 0; turn < 20; turn++) {
            List<Candidate> some = candidates(60);
            some.removeIf(candidate -> random.nextInt(3) == 0);
            travelled = travelled.over(pool.update(some));
        }
        travelled = travelled.over(pool.update(candidates(50)));
        assertThat(owners(travelled)).isEqualTo(owners(balancer(algorithm, candidates(50))));
    }

    /** Relative standard deviation of the shares of clients. */
    private static double unevenness(Map<Target, Double> parts) {
        double sum = 0;
        for (double part : parts.values()) {
            double off = part * parts.size() - 1;
            sum += off * off;
        }
        return Math.sqrt(sum / parts.size());
    }

    @ParameterizedTest
    @CsvSource({"3", "10", "100", "1000"})
    @DisplayName("by Maglev deviates from even shares by about a quarter of 1 / sqrt(entries for each)")
    void maglevIsEven(int size) {
        Map<Target, Double> parts = new MaglevTable(new TargetPool(SETTINGS).update(candidates(size)), 65_537).parts();
        assertThat(parts).hasSize(size);
        assertThat(unevenness(parts)).isLessThan(0.4 / Math.sqrt(65_537.0 / size));
    }

    @ParameterizedTest
    @CsvSource({"10", "100", "1000"})
    @DisplayName("by the ring deviates from even shares by about 1 / sqrt(points for each)")
    void ringIsEven(int size) {
        Map<Target, Double> parts =
                new BoundedRing(new TargetPool(SETTINGS).update(candidates(size)), 160, 1.25, 8).parts();
        assertThat(parts).hasSize(size);
        assertThat(unevenness(parts)).isLessThan(1.6 / Math.sqrt(160));
    }

    @Test
    @DisplayName("by Maglev gives weights their shares, however far apart they are")
    void skewedWeights() {
        List<Candidate> candidates = candidates(200);
        candidates.set(0, candidate(0, 65_535));
        candidates.set(1, candidate(1, 30_000));
        Map<String, Double> parts = new HashMap<>();
        new MaglevTable(new TargetPool(SETTINGS).update(candidates), 65_537)
                .parts()
                .forEach((target, part) -> parts.put(target.identity(), part));
        double sum = 65_535 + 30_000 + 198;
        assertThat(parts.get("east/uid-0")).isBetween(0.99 * 65_535 / sum, 1.01 * 65_535 / sum);
        assertThat(parts.get("east/uid-1")).isBetween(0.98 * 30_000 / sum, 1.02 * 30_000 / sum);
    }

    @Test
    @DisplayName("by the ring meets the first point at the client's hash or after it, as a plain search does")
    void ringIsTheRing() {
        Map<String, Integer> weights = Map.of("one", 1, "two", 3, "three", 2);
        List<Candidate> candidates = new ArrayList<>();
        weights.forEach((name, weight) -> candidates.add(new Candidate(
                "10.0.0." + weight, 80, "", "/" + name, true, true, false, false, Set.of(), Set.of(), weight)));
        TargetSet targets = new TargetPool(SETTINGS).update(candidates);
        BoundedRing ring = new BoundedRing(targets, 5, 1.25, 8);
        Random random = new Random(SEED);
        for (int turn = 0; turn < 20_000; turn++) {
            long key = random.nextLong();
            assertThat(ring.pick(BalancerTest.client(key), 0))
                    .as("key %d", key)
                    .isSameAs(nearest(targets, Hashing.mix(key), 5));
        }
    }

    private static Target nearest(TargetSet targets, long hash, int points) {
        Target nearest = targets.get(0);
        long least = -1; // of the unsigned distances
        for (Target target : targets.asList()) {
            for (int number = 0; number < points * target.weight(); number++) {
                long point = Hashing.mix(target.identityHash() + number * 0x9E3779B97F4A7C15L);
                long distance = point - hash;
                if (Long.compareUnsigned(distance, least) < 0) {
                    least = distance;
                    nearest = target;
                }
            }
        }
        return nearest;
    }
}
