package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.origin.OriginRecord;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How fast and at what cost records spread, with the real core and codec in virtual time: 50 ms round trips, 1 % of all
 * frames lost. The figures depend on the seed only, not on the machine. Here each curve has its first points; {@code
 * deploy/bench/federation} prints all of them.
 */
@DisplayName("Records spread, with 50 ms round trips and 1 % loss,")
class SpreadCurveTest {
    private static final Duration WAY = Duration.ofMillis(25);
    private static final int CHANGES = 60;
    private static final int FANOUT = 8;
    private static final int PAYLOAD_CHARACTERS = 300;
    private static final int RECORD_BYTES = PAYLOAD_CHARACTERS + 8;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** 100 Mbit/s, in bytes. */
    private static final long BANDWIDTH = 12_500_000;
    /** By so much may a new member take longer than the link needs for the bytes: to dial, be greeted and get into pace. */
    private static final Duration BEGINNING = Duration.ofSeconds(1);

    /** Points of a curve: by a system property, else the first ones. */
    private static Stream<Integer> points(String curve, String first) {
        return Stream.of(System.getProperty("weft.curve." + curve, first).trim().split("[ ,]+"))
                .map(Integer::valueOf);
    }

    static Stream<Integer> clusters() {
        return points("clusters", "10,40");
    }

    static Stream<Integer> records() {
        return points("records", "2000");
    }

    static Stream<Integer> changesPerSecond() {
        return points("changes", "20,200");
    }

    /** The bar of issue 5, in milliseconds. */
    private static long bar(int clusters) {
        return clusters <= 10 ? 500 : clusters <= 100 ? 1_000 : 2_000;
    }

    @ParameterizedTest(name = "among {0} clusters")
    @MethodSource("clusters")
    @DisplayName("fast, for few bytes, and cost next to nothing while nothing changes")
    void againstClusters(int clusters) {
        Arrivals arrivals = new Arrivals();
        SimulatedFederation federation = federation(31).lean(arrivals::heard);
        arrivals.clock = federation;
        List<Sim> sims = federation.acquainted(clusters, payload(-1));
        federation.run(Duration.ofSeconds(12));
        sims.forEach(sim -> assertThat(sim.core.members()).hasSize(clusters));
        Map<String, Long> idle = idleBytes(federation, sims, Duration.ofSeconds(10));
        long links = sims.stream().mapToLong(SpreadCurveTest::linked).sum();
        double idleOfLink = idle.values().stream().mapToLong(Long::longValue).sum() / 10.0 / links;
        Duration oldest = sims.stream()
                .flatMap(sim -> sim.core.members().stream())
                .map(MemberReport::staleness)
                .max(Duration::compareTo)
                .orElseThrow();
        Map<String, Long> before = sent(sims);
        Instant begun = federation.network.instant();
        arrivals.expect(clusters - 1);
        change(federation, sims, arrivals, CHANGES, 20);
        double seconds = Duration.between(begun, federation.network.instant()).toMillis() / 1000.0;
        Map<String, Long> after = sent(sims);
        double most = sims.stream()
                .mapToDouble(sim -> after.getOrDefault(sim.name, 0L)
                        - before.getOrDefault(sim.name, 0L)
                        - idle.getOrDefault(sim.name, 0L) / 10.0 * seconds)
                .max()
                .orElseThrow();
        double share = most / ((double) CHANGES * RECORD_BYTES) / FANOUT;
        List<Long> took = arrivals.sorted();
        long p99 = took.get(took.size() * 99 / 100);
        String figures = String.format(
                Locale.ROOT,
                "%5d clusters  p50 %4d ms  p99 %4d ms (bar %d)  slowest %4d ms  sent at most %4.2f x changed x fanout"
                        + " (bar 3)  idle %5.1f B/s a peer (bar 1000), %3d peers each  sign of life at most %.1f s old",
                clusters,
                took.get(took.size() / 2),
                p99,
                bar(clusters),
                took.get(took.size() - 1),
                share,
                idleOfLink,
                links / clusters,
                oldest.toMillis() / 1000.0);
        System.out.println(figures);
        assertThat(took).as("arrivals").hasSize(CHANGES * (clusters - 1));
        assertThat(p99).as(figures).isLessThanOrEqualTo(bar(clusters));
        assertThat(share).as(figures).isLessThanOrEqualTo(3);
        assertThat(idleOfLink).as(figures).isLessThan(1_000);
        // The budget of heartbeats is the same for all, so that among a thousand they come seldom: some are suspect,
        // none stale.
        assertThat(oldest)
                .as(figures)
                .isLessThan(
                        clusters <= 200
                                ? SimulatedFederation.FRESHNESS.suspectAfter()
                                : SimulatedFederation.FRESHNESS.staleAfter());
        assertThat(sims.stream().map(sim -> sim.core.replica().root()).distinct())
                .hasSize(1);
    }

    @ParameterizedTest(name = "of {0} records")
    @MethodSource("records")
    @DisplayName("after a partition of 10 minutes for little more than what changed, and to a new member compressed")
    void healing(int count) {
        SimulatedFederation federation = federation(32).lean((sim, news) -> {});
        federation.network.bandwidth(BANDWIDTH);
        Sim first = federation.start("c0", new SimulatedDisk());
        Sim second = federation.start("c1", new SimulatedDisk(), "c0");
        first.core.reset(0, 0, Map.of());
        federation.run(Duration.ofSeconds(2));
        Map<String, ByteString> records = new HashMap<>();
        IntStream.range(0, count).forEach(i -> records.put("k" + i, payload(i)));
        first.core.reset(0, 0, records);
        assertThat(federation.untilInStep(LIMIT)).isLessThan(LIMIT);
        federation.partition(List.of("c0"), List.of("c1"), true);
        int changed = count / 10;
        for (int minute = 0; minute < 10; minute++) {
            Map<String, ByteString> changes = new HashMap<>();
            for (int i = minute * changed / 10; i < (minute + 1) * changed / 10; i++) {
                changes.put("k" + i, payload(count + i));
            }
            first.core.publish(0, 0, Collections.unmodifiableMap(changes));
            federation.run(Duration.ofMinutes(1));
        }
        long before = federation.network.sentBytes();
        federation.partition(List.of("c0"), List.of("c1"), false);
        Duration healed = federation.untilInStep(LIMIT);
        double share = (federation.network.sentBytes() - before) / ((double) changed * RECORD_BYTES);
        long held = federation.network.sentBytes();
        Sim late = federation.start("late", new SimulatedDisk(), "c0");
        Duration joined = federation.untilInStep(LIMIT);
        long told = federation.network.sentBytes() - held;
        double whole = told / ((double) count * RECORD_BYTES);
        Duration needed = Duration.ofNanos(told * 1_000_000_000L / BANDWIDTH);
        String figures = String.format(
                Locale.ROOT,
                "%6d records, %5d changed in 10 minutes apart: healed in %4d ms (bar 5000) for %.2f x the bytes of what"
                        + " changed (bar 1.5); new member: %.1f MB of records as %.1f MB (%.2f x) in %4d ms, of which a"
                        + " link of 100 Mbit/s needs %4d ms",
                count,
                changed,
                healed.toMillis(),
                share,
                count * RECORD_BYTES / 1e6,
                told / 1e6,
                whole,
                joined.toMillis(),
                needed.toMillis());
        System.out.println(figures);
        assertThat(share).as(figures).isLessThanOrEqualTo(1.5);
        assertThat(healed).as(figures).isLessThanOrEqualTo(Duration.ofSeconds(5));
        assertThat(second.core.replica().contentHash())
                .isEqualTo(first.core.replica().contentHash());
        assertThat(late.content()).hasSize(count);
        assertThat(whole).as(figures).isLessThan(1);
        assertThat(joined)
                .as(figures)
                .isLessThan(needed.multipliedBy(5).dividedBy(4).plus(BEGINNING));
    }

    @ParameterizedTest(name = "{0} a second")
    @MethodSource("changesPerSecond")
    @DisplayName("at a cost in proportion to the changes")
    void againstChanges(int perSecond) {
        Arrivals arrivals = new Arrivals();
        SimulatedFederation federation = federation(33).lean(arrivals::heard);
        arrivals.clock = federation;
        List<Sim> sims = federation.acquainted(5, payload(-1));
        federation.run(Duration.ofSeconds(10));
        arrivals.expect(4);
        int count = perSecond * 3;
        long before = federation.network.sentBytes();
        change(federation, sims, arrivals, count, perSecond);
        double share = (federation.network.sentBytes() - before) / ((double) count * RECORD_BYTES * 4);
        List<Long> took = arrivals.sorted();
        String figures = String.format(
                Locale.ROOT,
                "%5d changes a second among 5 clusters: p50 %3d ms, p99 %3d ms, %.2f x the bytes of what changed for each"
                        + " receiver, idle traffic included",
                perSecond,
                took.get(took.size() / 2),
                took.get(took.size() * 99 / 100),
                share);
        System.out.println(figures);
        assertThat(took.get(took.size() * 99 / 100)).as(figures).isLessThanOrEqualTo(bar(5));
    }

    private static SimulatedFederation federation(long seed) {
        SimulatedFederation federation =
                new SimulatedFederation(seed).budget(256 * 1024).fanout(FANOUT);
        federation.network.delay(WAY, WAY);
        federation.network.faults(0.01, 0);
        return federation;
    }

    /** What each sent in so long. */
    private static Map<String, Long> idleBytes(SimulatedFederation federation, List<Sim> sims, Duration time) {
        Map<String, Long> before = sent(sims);
        federation.run(time);
        Map<String, Long> sent = sent(sims);
        sent.replaceAll((name, bytes) -> bytes - before.getOrDefault(name, 0L));
        return sent;
    }

    private static Map<String, Long> sent(List<Sim> sims) {
        Map<String, Long> sent = new HashMap<>();
        sims.forEach(sim -> sent.put(
                sim.name,
                sim.core.stats().peers().stream()
                        .mapToLong(PeerReport::bytesOut)
                        .sum()));
        return sent;
    }

    /** How many peers one has a link with. */
    private static long linked(Sim sim) {
        return sim.core.stats().peers().stream()
                .filter(peer -> peer.bytesOut() > 0)
                .count();
    }

    /** Makes changes by chance at a pace, and waits until all have arrived everywhere. */
    private static void change(
            SimulatedFederation federation, List<Sim> sims, Arrivals arrivals, int count, int perSecond) {
        for (int i = 0; i < count; i++) {
            Sim origin = sims.get(federation.random.nextInt(sims.size()));
            arrivals.made.put("k" + i, federation.network.instant());
            origin.core.publish(0, 0, Map.of("k" + i, payload(i)));
            federation.run(Duration.ofSeconds(1).dividedBy(perSecond));
        }
        Instant limit = federation.network.instant().plus(LIMIT);
        while (arrivals.took.size() < count * arrivals.receivers
                && federation.network.instant().isBefore(limit)) {
            federation.run(Duration.ofMillis(50));
        }
    }

    /** Hexadecimal digits by chance: compresses to half, as names and uids do. */
    private static ByteString payload(int number) {
        byte[] bytes = new byte[PAYLOAD_CHARACTERS / 2];
        new SplittableRandom(number).nextBytes(bytes);
        return ByteString.fromString(HexFormat.of().formatHex(bytes));
    }

    /** How long each change took to each other cluster, in milliseconds. */
    private static final class Arrivals {
        private final Map<String, Instant> made = new HashMap<>();
        private final List<Long> took = new ArrayList<>();
        private SimulatedFederation clock = new SimulatedFederation(0);
        private int receivers;

        private void expect(int clusters) {
            receivers = clusters;
        }

        private void heard(Sim sim, News item) {
            if (item instanceof News.OriginChanged changed
                    && !changed.origin().cluster().equals(sim.cluster)) {
                for (OriginRecord record : changed.records()) {
                    Instant begun = made.get(record.key());
                    if (begun != null) {
                        took.add(
                                Duration.between(begun, clock.network.instant()).toMillis());
                    }
                }
            }
        }

        private List<Long> sorted() {
            Collections.sort(took);
            return took;
        }
    }
}
