package dev.weft.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.balance.ClientKey;
import dev.weft.proxy.balance.Hashing;
import dev.weft.proxy.balance.RoundTripBounds;
import dev.weft.proxy.balance.RoundTrips;
import dev.weft.proxy.balance.SlowStart;
import dev.weft.proxy.balance.Target;
import dev.weft.proxy.outlier.OutlierSettings;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.selection.LocalityTier;
import dev.weft.proxy.view.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("where a listener leads")
class RouteTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final OutlierSettings OUTLIER =
            new OutlierSettings(2, Duration.ofSeconds(5), Duration.ofSeconds(20), 50, 30);
    private static final SlowStart SLOWLY = new SlowStart(Duration.ofSeconds(10));
    private static final BalanceSettings SETTINGS = new BalanceSettings(
            Algorithm.ROUND_ROBIN,
            Duration.ofSeconds(10),
            1_021,
            16,
            1.25,
            8,
            1_024,
            1_000,
            OUTLIER,
            SLOWLY,
            140,
            RoundTripBounds.USUAL);

    private final RoundTrips roundTrips = new RoundTrips(RoundTripBounds.USUAL);
    private final Route route = new Route(SETTINGS, 1_000, roundTrips, new PickCounts(), new Random(1));
    private long key;

    private static List<Candidate> candidates(int from, int until) {
        List<Candidate> candidates = new ArrayList<>();
        for (int number = from; number < until; number++) {
            candidates.add(Rig.candidate("10.0.0." + number, 80));
        }
        return candidates;
    }

    private static ListenerPlan plan(List<Candidate> candidates, Algorithm algorithm, @Nullable Duration affinity) {
        return new ListenerPlan(new ListenerKey(Rig.VIP, 80, Protocol.TCP), candidates, algorithm.label(), affinity);
    }

    private void endpoints(int count) {
        route.update(plan(candidates(0, count), Algorithm.ROUND_ROBIN, null), 0);
    }

    private static ClientKey client(long key) {
        return new ClientKey(key, (int) Hashing.mix(key));
    }

    private Target pick(long nowNanos) {
        return Objects.requireNonNull(route.pick(client(key++), nowNanos, List.of()));
    }

    private Map<String, Integer> picks(int count, long nowNanos) {
        Map<String, Integer> picks = new HashMap<>();
        for (int number = 0; number < count; number++) {
            Target picked = pick(nowNanos);
            picked.opened();
            picks.merge(picked.identity(), 1, Integer::sum);
            picked.closed();
        }
        return picks;
    }

    private Target named(int number) {
        return Objects.requireNonNull(route.balancer().targets().asList().stream()
                .filter(target -> target.identity().equals("/10.0.0." + number))
                .findFirst()
                .orElse(null));
    }

    private long eject(Target target, long nowNanos) {
        assertThat(route.failed(target, nowNanos)).isZero();
        return route.failed(target, nowNanos);
    }

    private Set<String> ejected() {
        Set<String> ejected = new TreeSet<>();
        route.endpoints().stream()
                .filter(ListenerStatus.EndpointStatus::ejected)
                .forEach(endpoint -> ejected.add(endpoint.address()));
        return ejected;
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "is not to an ejected endpoint from the failure on, by any algorithm, until it is reconsidered in time")
    void outAtOnce(Algorithm algorithm) {
        route.update(plan(candidates(0, 4), algorithm, null), 0);
        Target dead = named(2);
        long lasts = eject(dead, 0);
        assertThat(lasts).isEqualTo(5 * SECOND);
        assertThat(picks(400, 0)).as("before the balancer is made anew").doesNotContainKey(dead.identity());
        route.reconsider(0);
        assertThat(picks(4_000, 0)).as("after").hasSize(3).doesNotContainKey(dead.identity());
        route.reconsider(lasts - 1);
        assertThat(picks(400, lasts - 1)).doesNotContainKey(dead.identity());
        route.reconsider(lasts);
        assertThat(dead.ejected()).isFalse();
        route.reconsider(lasts + 10 * SECOND);
        assertThat(picks(4_000, lasts + 10 * SECOND)).containsKey(dead.identity());
        assertThat(ejected()).isEmpty();
    }

    @Test
    @DisplayName("is to the rest evenly while one is out")
    void evenly() {
        endpoints(4);
        eject(named(1), 0);
        route.reconsider(0);
        assertThat(picks(300, 0).values()).containsOnly(100);
    }

    @Test
    @DisplayName("keeps as many in choice as the ceiling says, though all fail")
    void ceiling() {
        endpoints(5);
        for (int number = 0; number < 5; number++) {
            eject(named(number), 0);
        }
        route.reconsider(0);
        assertThat(ejected()).containsExactly("10.0.0.0:80", "10.0.0.1:80");
        assertThat(picks(30, 0)).hasSize(3);
    }

    @Test
    @DisplayName("is to all in panic: when the set shrinks to mostly ejected ones")
    void panic() {
        endpoints(8);
        for (int number = 0; number < 4; number++) {
            eject(named(number), 0);
        }
        route.reconsider(0);
        assertThat(picks(80, 0)).hasSize(4);
        route.update(plan(candidates(0, 5), Algorithm.ROUND_ROBIN, null), 0);
        assertThat(ejected()).hasSize(4);
        assertThat(picks(50, 0)).hasSize(5);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "is for every retry in panic to an endpoint that is not ejected, in another tier too, by any algorithm")
    void retryInPanic(Algorithm algorithm) {
        LocalityTier near = new LocalityTier(0, "", candidates(0, 2), 2);
        LocalityTier far = new LocalityTier(2, "", candidates(2, 4), 2);
        for (ListenerPlan plan : List.of(plan(candidates(0, 4), algorithm, null), tiered(algorithm, near, far))) {
            route.update(plan, 0);
            Target alive = named(3);
            route.judge(target -> target != alive, 0);
            Set<Target> first = new HashSet<>();
            for (int client = 0; client < 200; client++) {
                Target picked = pick(0);
                first.add(picked);
                picked.opened(); // so that those who look at load move on
            }
            assertThat(first).as("1 of 4 is fewer than 30 %: panic").hasSizeGreaterThan(1);
            first.remove(alive);
            for (Target dead : first) {
                for (int client = 0; client < 20; client++) {
                    assertThat(route.pick(client(client), 0, List.of(dead))).isSameAs(alive);
                    assertThat(route.pickElsewhere(client(client), 0, List.of(dead)))
                            .isSameAs(alive);
                    assertThat(route.pick(client(client), 0, List.of(dead, alive)))
                            .as("nobody alive is left: any that is not tried")
                            .isNotNull()
                            .isNotIn(dead, alive);
                }
            }
        }
    }

    @Test
    @DisplayName("remembers an ejection over a change of the set, of the algorithm, and over an absence")
    void remembers() {
        endpoints(4);
        Target dead = named(3);
        eject(dead, 0);
        route.update(plan(candidates(0, 3), Algorithm.ROUND_ROBIN, null), SECOND);
        route.update(plan(candidates(0, 6), Algorithm.LEAST_CONNECTION, Duration.ofHours(1)), 2 * SECOND);
        assertThat(ejected()).containsExactly("10.0.0.3:80");
        assertThat(picks(600, 2 * SECOND)).doesNotContainKey(dead.identity());
        route.reconsider(5 * SECOND);
        assertThat(ejected()).isEmpty();
    }

    @Test
    @DisplayName("moves a client with affinity away from an ejected endpoint")
    void affinity() {
        route.update(plan(candidates(0, 3), Algorithm.ROUND_ROBIN, Duration.ofHours(1)), 0);
        Target kept = Objects.requireNonNull(route.pick(client(7), 0, List.of()));
        assertThat(route.pick(client(7), 0, List.of())).isSameAs(kept);
        eject(kept, 0);
        route.reconsider(0);
        assertThat(route.pick(client(7), 0, List.of())).isNotSameAs(kept);
    }

    @Test
    @DisplayName("is to an ejected endpoint when all others have been tried")
    void lastResort() {
        endpoints(2);
        Target dead = named(0);
        Target other = named(1);
        eject(dead, 0);
        route.reconsider(0);
        assertThat(route.pick(client(1), 0, List.of(other))).isSameAs(dead);
        assertThat(route.pick(client(1), 0, List.of(other, dead))).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"WEIGHTED_ROUND_ROBIN", "WEIGHTED_RANDOM"})
    @DisplayName("gives a new endpoint a tenth of its weight, and a tenth more with each tenth of the window")
    void slowStart(Algorithm algorithm) {
        route.update(plan(candidates(0, 3), algorithm, null), 0);
        assertThat(route.dueIn()).as("all new: nothing to grow").isZero();
        route.update(plan(candidates(0, 4), algorithm, null), 0);
        assertThat(route.dueIn()).isEqualTo(SECOND);
        for (int second = 0; second < 12; second++) {
            long again = route.reconsider(second * SECOND);
            int tenths = Math.min(10, second + 1);
            assertThat(again).isEqualTo(tenths < 10 ? SECOND : 0);
            double expected = tenths / (30.0 + tenths);
            int picks = algorithm == Algorithm.WEIGHTED_ROUND_ROBIN ? (30 + tenths) * 30 : 30_000;
            double share = picks(picks, second * SECOND).getOrDefault("/10.0.0.3", 0) / (double) picks;
            assertThat(share).as("in second %d", second).isCloseTo(expected, within(0.01));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "WEIGHTED_ROUND_ROBIN, 0.01",
        "WEIGHTED_RANDOM, 0.03",
        "CONSISTENT_HASH, 0.05",
        "RING_HASH, 0.15",
    })
    @DisplayName("gives an endpoint that stays the share of its new weight")
    void reweighed(Algorithm algorithm, double tolerance) {
        List<Candidate> even = candidates(0, 4);
        route.update(plan(even, algorithm, null), 0);
        assertThat(picks(20_000, 0).getOrDefault("/10.0.0.1", 0) / 20_000.0).isCloseTo(1 / 4.0, within(tolerance));
        List<Candidate> uneven = new ArrayList<>(even);
        uneven.set(1, even.get(1).weighing(5));
        assertThat(route.update(plan(uneven, algorithm, null), 0)).isEmpty();
        assertThat(picks(20_000, 0).getOrDefault("/10.0.0.1", 0) / 20_000.0).isCloseTo(5 / 8.0, within(tolerance));
        assertThat(route.dueIn()).as("none starts slowly for it").isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"LEAST_CONNECTION", "LEAST_CONNECTION_EXACT"})
    @DisplayName("gives a new endpoint a tenth of the open connections of the others at first")
    void slowStartByLoad(Algorithm algorithm) {
        route.update(plan(candidates(0, 3), algorithm, null), 0);
        for (int number = 0; number < 300; number++) {
            pick(0).opened();
        }
        route.update(plan(candidates(0, 4), algorithm, null), 0);
        for (int number = 0; number < 100; number++) {
            pick(0).opened();
        }
        assertThat(named(3).open()).isBetween(8, 15);
        route.reconsider(10 * SECOND);
        for (int number = 0; number < 400; number++) {
            pick(10 * SECOND).opened();
        }
        assertThat(named(3).open()).isGreaterThan(100);
    }

    @Test
    @DisplayName("starts an endpoint slowly that returns after an ejection or an absence")
    void returnsSlowly() {
        route.update(plan(candidates(0, 4), Algorithm.WEIGHTED_ROUND_ROBIN, null), 0);
        eject(named(1), 0);
        assertThat(route.reconsider(0)).isEqualTo(5 * SECOND);
        assertThat(route.reconsider(5 * SECOND)).isEqualTo(SECOND);
        assertThat(picks(310, 5 * SECOND)).containsEntry("/10.0.0.1", 10);
        route.update(plan(candidates(0, 3), Algorithm.WEIGHTED_ROUND_ROBIN, null), 20 * SECOND);
        route.update(plan(candidates(0, 4), Algorithm.WEIGHTED_ROUND_ROBIN, null), 30 * SECOND);
        assertThat(picks(310, 30 * SECOND)).containsEntry("/10.0.0.3", 10);
    }

    private static Candidate remote(String cluster, int number) {
        String address = "10.9." + cluster.length() + "." + number;
        return new Candidate(
                address, 80, cluster, cluster + "/" + address, true, true, false, false, Set.of(), Set.of(), 1);
    }

    private static ListenerPlan tiered(Algorithm algorithm, LocalityTier... tiers) {
        List<Candidate> all = new ArrayList<>();
        for (LocalityTier tier : tiers) {
            all.addAll(tier.candidates());
        }
        return new ListenerPlan(
                new ListenerKey(Rig.VIP, 80, Protocol.TCP),
                all,
                algorithm.label(),
                null,
                List.of(tiers),
                ListenerPolicy.NONE);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("is near, and overflows when an ejection leaves less than 71 % of the near ones, by any algorithm")
    void overflow(Algorithm algorithm) {
        LocalityTier near = new LocalityTier(0, "", candidates(0, 4), 4);
        LocalityTier far = new LocalityTier(2, "", candidates(10, 14), 4);
        route.update(tiered(algorithm, near, far), 0);
        Set<String> nearby = new TreeSet<>();
        near.candidates().forEach(candidate -> nearby.add(candidate.identity()));
        assertThat(picks(2_000, 0).keySet()).isSubsetOf(nearby);
        eject(named(0), 0);
        route.reconsider(0);
        assertThat(picks(2_000, 0).keySet()).as("3 of 4, times 1.4").isSubsetOf(nearby);
        eject(named(1), 0);
        route.reconsider(0);
        Map<String, Integer> picks = picks(20_000, 0);
        int stayed = picks.entrySet().stream()
                .filter(pick -> nearby.contains(pick.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
        assertThat(stayed / 20_000.0).as("2 of 4, times 1.4").isCloseTo(0.7, within(0.02));
        route.update(plan(candidates(0, 4), algorithm, null), 0);
        assertThat(picks(2_000, 0).keySet()).as("without tiers").isSubsetOf(nearby);
    }

    @Test
    @DisplayName("is to the nearest other cluster when the own one has nothing, by measured round trips")
    void nearest() {
        LocalityTier one = new LocalityTier(3, "one", List.of(remote("one", 1)), 1);
        LocalityTier three = new LocalityTier(3, "three", List.of(remote("three", 1)), 1);
        route.update(tiered(Algorithm.ROUND_ROBIN, one, three), 0);
        roundTrips.observe("one", 80_000_000, 0);
        route.reconsider(0);
        assertThat(pick(0).cluster()).as("never measured").isEqualTo("three");
        roundTrips.observe("three", 20_000_000, 0);
        assertThat(route.reconsider(0)).as("distances change").isEqualTo(10 * SECOND);
        assertThat(pick(0).cluster()).isEqualTo("three");
        for (int number = 0; number < 100; number++) {
            roundTrips.observe("three", 200_000_000, 0);
        }
        route.reconsider(0);
        assertThat(picks(10, 0)).containsOnlyKeys("one/10.9.3.1");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("is elsewhere for the last try, to the nearest of which none has been tried, by any algorithm")
    void elsewhere(Algorithm algorithm) {
        LocalityTier near = new LocalityTier(0, "", candidates(0, 4), 4);
        LocalityTier middle = new LocalityTier(2, "", candidates(10, 14), 4);
        LocalityTier far = new LocalityTier(3, "far", List.of(remote("far", 1)), 1);
        route.update(tiered(algorithm, near, middle, far), 0);
        List<Target> tried = new ArrayList<>(List.of(named(0), named(3)));
        for (int client = 0; client < 100; client++) {
            assertThat(elsewhere(client, tried)).matches("/10\\.0\\.0\\.1[0-3]");
        }
        eject(named(10), 0);
        assertThat(elsewhere(7, tried)).as("not to an ejected one").matches("/10\\.0\\.0\\.1[1-3]");
        tried.add(named(11));
        assertThat(elsewhere(7, tried)).isEqualTo("far/10.9.3.1");
        assertThat(elsewhere(7, List.of(named(12)))).as("or nearer").matches("/10\\.0\\.0\\.[0-3]");

        tried.addAll(route.balancer().targets().asList().stream()
                .filter(target -> !target.cluster().isEmpty())
                .toList());
        assertThat(elsewhere(7, tried)).as("no tier left: any").startsWith("/10.0.0.");
        route.update(plan(candidates(0, 2), algorithm, null), 0);
        assertThat(elsewhere(7, List.of(named(0)))).as("no tiers").isEqualTo("/10.0.0.1");
    }

    private String elsewhere(long client, List<Target> tried) {
        return Objects.requireNonNull(route.pickElsewhere(client(client), 0, tried))
                .identity();
    }

    @Test
    @DisplayName("keeps a client by hash on its endpoint while another tier is in trouble")
    void tiersByClient() {
        LocalityTier near = new LocalityTier(0, "", candidates(0, 2), 4); // half of its capacity is not ready
        LocalityTier far = new LocalityTier(2, "", candidates(10, 12), 2);
        route.update(tiered(Algorithm.CONSISTENT_HASH, near, far), 0);
        for (int client = 0; client < 500; client++) {
            assertThat(route.pick(client(client), 0, List.of())).isSameAs(route.pick(client(client), 1, List.of()));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("never loses an endpoint, and never ejects more than the ceiling, whatever fails in which order")
    void anyOrder(long seed) {
        Random random = new Random(seed);
        long now = 0;
        int size = 1;
        for (int step = 0; step < 3_000; step++) {
            now += (long) (random.nextDouble() * SECOND);
            if (random.nextInt(50) == 0) {
                size = 1 + random.nextInt(12);
                route.update(plan(candidates(0, size), Algorithm.ROUND_ROBIN, null), now);
            } else if (step == 0) {
                endpoints(size);
            }
            int before = ejected().size();
            Target picked = pick(now);
            if (random.nextInt(3) == 0) {
                picked.answered();
            } else {
                route.failed(picked, now);
            }
            if (random.nextInt(3) == 0) {
                route.reconsider(now);
            }
            int out = ejected().size();
            assertThat(route.endpoints()).as("seed %d step %d", seed, step).hasSize(size);
            assertThat(out)
                    .as("seed %d step %d: ejected of %d", seed, step, size)
                    .isLessThanOrEqualTo(Math.max(before, size == 1 ? 0 : Math.max(1, size / 2)));
        }
    }
}
