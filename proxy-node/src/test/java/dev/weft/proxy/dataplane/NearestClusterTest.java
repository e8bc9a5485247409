package dev.weft.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.balance.ClientKey;
import dev.weft.proxy.balance.Hashing;
import dev.weft.proxy.balance.RoundTripBounds;
import dev.weft.proxy.balance.RoundTrips;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.selection.LocalityTier;
import dev.weft.proxy.view.Protocol;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the nearest other cluster")
class NearestClusterTest {
    private static final BalanceSettings SETTINGS =
            new BalanceSettings(Algorithm.ROUND_ROBIN, Duration.ofSeconds(10), 1_021, 16, 1.25, 1_024);
    private static final long SECOND = 1_000_000_000L;

    private final RoundTrips roundTrips = new RoundTrips(RoundTripBounds.USUAL);
    private final Map<String, Integer> millis = new HashMap<>(Map.of("north", 20, "west", 4));
    private Route route = route(Algorithm.ROUND_ROBIN, roundTrips);
    private long now;
    private long looked;
    private long client;

    private static LocalityTier tier(String cluster) {
        String address = "10.9." + cluster.length() + ".1";
        Candidate only = new Candidate(
                address, 80, cluster, cluster + "/" + address, true, true, false, false, Set.of(), Set.of(), 1);
        return new LocalityTier(3, cluster, List.of(only), 1);
    }

    private static Route route(Algorithm algorithm, RoundTrips roundTrips) {
        Route route = new Route(SETTINGS, 1_000, roundTrips, new PickCounts(), new Random(1));
        List<LocalityTier> tiers = List.of(tier("north"), tier("west"));
        route.update(
                new ListenerPlan(
                        new ListenerKey(Rig.VIP, 80, Protocol.TCP),
                        tiers.stream()
                                .flatMap(tier -> tier.candidates().stream())
                                .toList(),
                        algorithm.label(),
                        null,
                        tiers,
                        ListenerPolicy.NONE),
                0);
        return route;
    }

    /** A connection, so long after the last one; the route is reconsidered as its upkeep does it. */
    private String connect(long afterMillis) {
        now += afterMillis * 1_000_000;
        if (now - looked >= 10 * SECOND) {
            route.reconsider(now);
            looked = now;
        }
        ClientKey key = new ClientKey(++client, (int) Hashing.mix(client));
        String cluster = Objects.requireNonNull(route.pick(key, now, List.of())).cluster();
        if (roundTrips.observe(cluster, Objects.requireNonNull(millis.get(cluster)) * 1_000_000L, now)) {
            route.reconsider(now);
        }
        return cluster;
    }

    private List<String> connect(int count, long apartMillis) {
        return IntStream.range(0, count)
                .mapToObj(number -> connect(apartMillis))
                .toList();
    }

    private static int to(String cluster, List<String> connections) {
        return Collections.frequency(connections, cluster);
    }

    @Test
    @DisplayName("is found by one connection to each")
    void first() {
        assertThat(connect(10, 100)).containsOnlyOnce("north").endsWith("west", "west", "west", "west");
    }

    @ParameterizedTest(name = "a connection each {0} ms")
    @ValueSource(longs = {20, 100, 1_000})
    @DisplayName("is the nearest again within a minute after a slow moment")
    void blip(long apart) {
        connect(20, apart);
        millis.put("west", 100);
        List<String> slow = Stream.iterate(0, done -> done + 1)
                .limit(100_000)
                .map(number -> connect(apart))
                .takeWhile(cluster -> cluster.equals("west"))
                .toList();
        assertThat(slow.size()).as("until it is left").isLessThan(100_000);

        millis.put("west", 4);
        connect((int) (60_000 / apart), apart);
        int later = (int) (600_000 / apart);
        List<String> after = connect(later, apart);
        assertThat(to("north", after)).as("only to measure it").isLessThanOrEqualTo(20);
    }

    @ParameterizedTest(name = "a connection each {0} ms")
    @ValueSource(longs = {20, 1_000, 60_000})
    @DisplayName("is asked for at a small share of connections, be there many or few")
    void smallShare(long apart) {
        connect(20, apart);
        millis.put("west", 100);
        connect((int) Math.max(20, 20_000 / apart), apart);
        int count = (int) Math.max(200, 600_000 / apart);
        int toWest = to("west", connect(count, apart));
        assertThat(toWest).isPositive().isLessThanOrEqualTo((int) Math.min(count / 20, count * apart / 30_000) + 1);
    }

    @Test
    @DisplayName("does not change to and fro between two that are nearly as near")
    void noFlapping() {
        connect(10, 100);
        String nearest = connect(100);
        int changes = 0;
        for (int number = 0; number < 3_600; number++) {
            millis.put("west", 18 + number % 5);
            millis.put("north", 22 - number % 5);
            String now = connect(1_000);
            changes += now.equals(nearest) ? 0 : 1;
        }
        assertThat(changes).as("but to measure the other").isLessThanOrEqualTo(3_600 / 30);
        assertThat(connect(10, 10)).containsOnly(nearest);
    }

    @ParameterizedTest
    @EnumSource(names = {"SOURCE_IP_HASH", "CONSISTENT_HASH", "RING_HASH"})
    @DisplayName("is asked for by no connection of an algorithm that hashes, nor by datagrams")
    void notAsked(Algorithm algorithm) {
        connect(10, 100);
        Route hashing = route(algorithm, roundTrips);
        Route datagrams = route(Algorithm.ROUND_ROBIN, roundTrips.notAsking());
        for (int second = 0; second < 300; second++) {
            now += SECOND;
            roundTrips.observe("west", 4_000_000, now);
            ClientKey key = new ClientKey(second, (int) Hashing.mix(second));
            for (Route each : List.of(hashing, datagrams)) {
                assertThat(Objects.requireNonNull(each.pick(key, now, List.of()))
                                .cluster())
                        .isEqualTo("west");
            }
        }
    }
}
