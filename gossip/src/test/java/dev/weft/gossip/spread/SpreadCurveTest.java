package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.spread.SimulatedFederation.Disk;
import dev.weft.gossip.spread.SimulatedFederation.Sim;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How fast and at what cost records spread, with the real core and codec in virtual time: 50 ms round trips, 1 % of all
 * frames lost. The figures depend on the seed only, not on the machine. A curve over other sizes is printed by {@code
 * deploy/bench/federation 10 30 100}.
 */
@DisplayName("Records spread, with 50 ms round trips and 1 % loss,")
class SpreadCurveTest {
    private static final Duration WAY = Duration.ofMillis(25);
    private static final Duration STEP = Duration.ofMillis(5);
    private static final int CHANGES = 60;
    private static final int FANOUT = 8;
    private static final int PAYLOAD_CHARACTERS = 300;

    /**
     * What was measured.
     *
     * @param sentShare the most that one cluster sent, over the bytes of what changed times the fanout
     * @param idleBytes a second and peer
     */
    private record Figures(int clusters, long p50Millis, long p99Millis, double sentShare, double idleBytes) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%8d clusters  p50 %5d ms  p99 %5d ms  sent at most %5.2f x changed x fanout  idle %7.1f B/s a peer",
                    clusters,
                    p50Millis,
                    p99Millis,
                    sentShare,
                    idleBytes);
        }
    }

    static Stream<Integer> sizes() {
        return Stream.of(System.getProperty("weft.curve", "10").trim().split("[ ,]+"))
                .map(Integer::valueOf);
    }

    @ParameterizedTest(name = "among {0} clusters")
    @MethodSource("sizes")
    @DisplayName("fast, for few bytes, and cost next to nothing while nothing changes")
    void curve(int clusters) {
        SimulatedFederation federation = federation(31);
        List<Sim> sims = start(federation, clusters);
        long before = federation.network.sentBytes();
        Duration idle = Duration.ofSeconds(10);
        federation.run(idle);
        double idleBytes = (federation.network.sentBytes() - before)
                / (double) idle.toSeconds()
                / clusters
                / Math.max(1, clusters - 1);
        double idleOfOne = idleBytes * Math.max(1, clusters - 1);
        Map<String, Long> sent = new HashMap<>();
        sims.forEach(sim -> sent.put(sim.name, sentBy(sim)));
        Instant begun = federation.network.instant();
        List<Long> took = change(federation, sims);
        double seconds = Duration.between(begun, federation.network.instant()).toMillis() / 1000.0;
        long changed = (long) CHANGES * (PAYLOAD_CHARACTERS + 8);
        double most = sims.stream()
                .mapToDouble(sim -> sentBy(sim) - sent.getOrDefault(sim.name, 0L) - idleOfOne * seconds)
                .max()
                .orElseThrow();
        Collections.sort(took);
        Figures figures = new Figures(
                clusters,
                took.get(took.size() / 2),
                took.get(took.size() * 99 / 100),
                most / changed / FANOUT,
                idleBytes);
        System.out.println(figures);
        assertThat(federation.untilConverged(Duration.ofSeconds(30))).isLessThan(Duration.ofSeconds(30));
        if (clusters <= 10) {
            assertThat(figures.p99Millis()).as(figures.toString()).isLessThanOrEqualTo(500);
            assertThat(figures.sentShare()).as(figures.toString()).isLessThanOrEqualTo(3);
            assertThat(figures.idleBytes()).as(figures.toString()).isLessThan(1_000);
        }
    }

    @Test
    @DisplayName("after a partition of 10 minutes for little more than what changed, and to a new member compressed")
    void healing() {
        SimulatedFederation federation = federation(32);
        List<Sim> sims = start(federation, 2);
        Map<String, ByteString> records = new HashMap<>();
        IntStream.range(0, 2_000).forEach(i -> records.put("k" + i, ByteString.fromString(payload(i))));
        sims.get(0).core.reset(0, 0, records);
        assertThat(federation.untilConverged(Duration.ofSeconds(60))).isLessThan(Duration.ofSeconds(60));
        federation.partition(List.of("c0"), List.of("c1"), true);
        federation.run(Duration.ofMinutes(10));
        for (int i = 0; i < 200; i++) {
            sims.get(0).put(0, "k" + i, payload(10_000 + i));
        }
        federation.run(Duration.ofSeconds(5));
        long before = federation.network.sentBytes();
        federation.partition(List.of("c0"), List.of("c1"), false);
        Duration healed = federation.untilConverged(Duration.ofSeconds(60));
        double share = (federation.network.sentBytes() - before) / (200.0 * (PAYLOAD_CHARACTERS + 12));
        long held = federation.network.sentBytes();
        Sim late = federation.start("late", new Disk(), "c0");
        Duration joined = federation.untilConverged(Duration.ofSeconds(60));
        double whole = (federation.network.sentBytes() - held) / (2_000.0 * (PAYLOAD_CHARACTERS + 8));
        System.out.printf(
                Locale.ROOT,
                "healing: %d ms, %.2f x the bytes of what changed; new member: %d ms, %.2f x the bytes of all%n",
                healed.toMillis(),
                share,
                joined.toMillis(),
                whole);
        assertThat(share).isLessThanOrEqualTo(1.5);
        assertThat(healed).isLessThan(Duration.ofSeconds(60));
        assertThat(late.content()).hasSize(2_000);
        assertThat(whole).as("compressed").isLessThan(1);
    }

    private static SimulatedFederation federation(long seed) {
        SimulatedFederation federation =
                new SimulatedFederation(seed).budget(100_000).fanout(FANOUT);
        federation.network.delay(WAY, WAY);
        federation.network.faults(0.01, 0);
        return federation;
    }

    private static List<Sim> start(SimulatedFederation federation, int clusters) {
        List<Sim> sims = new ArrayList<>();
        for (int i = 0; i < clusters; i++) {
            sims.add(i == 0 ? federation.start("c0", new Disk()) : federation.start("c" + i, new Disk(), "c0"));
        }
        sims.forEach(sim -> sim.core.reset(0, 0, Map.of()));
        federation.run(Duration.ofSeconds(15));
        sims.forEach(sim -> assertThat(sim.core.members()).hasSize(clusters));
        return sims;
    }

    /** Makes changes, one every 50 ms, and answers for each and each other cluster how many milliseconds it took. */
    private static List<Long> change(SimulatedFederation federation, List<Sim> sims) {
        Map<String, Instant> made = new HashMap<>();
        Map<String, List<Sim>> missing = new HashMap<>();
        List<Long> took = new ArrayList<>();
        for (int step = 0; step < CHANGES * 10 || !missing.isEmpty(); step++) {
            if (step % 10 == 0 && step < CHANGES * 10) {
                Sim origin = sims.get(federation.random.nextInt(sims.size()));
                String key = "k" + step;
                origin.put(0, key, payload(step));
                made.put(key, federation.network.instant());
                missing.put(
                        key,
                        new ArrayList<>(
                                sims.stream().filter(sim -> sim != origin).toList()));
            }
            federation.run(STEP);
            Instant now = federation.network.instant();
            missing.forEach((key, sims2) -> sims2.removeIf(sim -> {
                boolean here = sim.followed.values().stream().anyMatch(records -> records.containsKey(key));
                if (here) {
                    took.add(Duration.between(made.get(key), now).toMillis());
                }
                return here;
            }));
            missing.values().removeIf(List::isEmpty);
            assertThat(step)
                    .as("changes that never arrived: %s", missing.keySet())
                    .isLessThan(CHANGES * 10 + 6_000);
        }
        return took;
    }

    /** Hexadecimal digits by chance: compresses to half, as names and uids do. */
    private static String payload(int number) {
        byte[] bytes = new byte[PAYLOAD_CHARACTERS / 2];
        new SplittableRandom(number).nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static long sentBy(Sim sim) {
        return sim.core.stats().peers().stream().mapToLong(PeerReport::bytesOut).sum();
    }
}
