package dev.weft.registry.federation;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.RecordChange;
import dev.weft.registry.endpoints.SliceContent;
import dev.weft.registry.federation.SimulatedMembers.Member;
import dev.weft.registry.resource.Resource;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What exporting and importing costs, from the objects of one cluster over the frames of gossip, signed and compressed as
 * they go over a link, to the objects of another. Bytes depend on the samples only; times are processor time of this
 * machine, and printed only. Here each curve has its first points; {@code deploy/bench/federation} prints all of them.
 */
@DisplayName("Exported Services")
class FederationCurveTest {
    /** What a frame costs on a link besides itself: gRPC 5, HTTP/2 9, TLS 1.3 22. */
    private static final int ENVELOPE_BYTES = 36;
    /** And below that: TCP with timestamps 32, IPv4 20. */
    private static final int PACKET_BYTES = 52;

    private static final int BAR_BYTES = 512;
    private static final int CHANGES = 200;
    private static final Duration STEP = Duration.ofMillis(50);
    private static final int MOST_STEPS = 2_000;
    private static final long MEGABYTE = 1_000_000;

    static Stream<Integer> endpoints() {
        return points("endpoints", "100,5000");
    }

    static Stream<Integer> services() {
        return points("services", "10,100");
    }

    static Stream<Integer> clusters() {
        return points("memory", "2,6");
    }

    private static Stream<Integer> points(String curve, String first) {
        return Stream.of(System.getProperty("weft.curve." + curve, first).trim().split("[ ,]+"))
                .map(Integer::valueOf);
    }

    @ParameterizedTest(name = "with hints: {0}")
    @CsvSource({"false", "true"})
    @DisplayName("of 5,000 endpoints: the readiness of one costs at most 512 bytes on a link, all envelopes included")
    void oneReadiness(boolean hints) {
        Telling telling = new Telling(1, 5_000, hints);
        long largest = 0;
        long sum = 0;
        for (int change = 0; change < CHANGES; change++) {
            // Each endpoint is unready, then ready again.
            long bytes = telling.flip(0, (change / 2 * 4_639) % 5_000, change).bytes() + ENVELOPE_BYTES;
            assertThat(bytes).isGreaterThan(ENVELOPE_BYTES);
            largest = Math.max(largest, bytes);
            sum += bytes;
        }
        String figures = String.format(
                Locale.ROOT,
                "one readiness of 5000 %s: %d bytes on a link, at most %d (bar %d), of which %d are gRPC, HTTP/2 and TLS;"
                        + " %d more for TCP and IP",
                hints ? "with hints" : "endpoints",
                sum / CHANGES,
                largest,
                BAR_BYTES,
                ENVELOPE_BYTES,
                PACKET_BYTES);
        System.out.println(figures);
        assertThat(largest).as(figures).isLessThanOrEqualTo(BAR_BYTES);
        assertThat(telling.imported()).isTrue();
    }

    @ParameterizedTest(name = "{0} endpoints")
    @MethodSource("endpoints")
    @DisplayName("cost the same for each change, however many endpoints a Service has")
    void againstEndpoints(int endpoints) {
        Telling telling = new Telling(1, endpoints, true);
        Cost flip = telling.flips(0);
        System.out.println(telling.line(endpoints + " endpoints in one Service", flip));
        assertThat(flip.bytes() + ENVELOPE_BYTES).isLessThanOrEqualTo(BAR_BYTES);
        assertThat(flip.writes()).as("objects written for a change").isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} Services")
    @MethodSource("services")
    @DisplayName("cost the same for each change, however many Services are exported")
    void againstServices(int services) {
        Telling telling = new Telling(services, 10, true);
        Cost flip = telling.flips(services - 1);
        System.out.println(telling.line(services + " Services of 10 endpoints", flip));
        assertThat(flip.bytes() + ENVELOPE_BYTES).isLessThanOrEqualTo(BAR_BYTES);
        assertThat(flip.writes()).as("objects written for a change").isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} clusters")
    @MethodSource("clusters")
    @DisplayName("of many clusters fit into a member, and a change costs what it costs among few")
    void memory(int clusters) {
        int services = Integer.getInteger("weft.curve.memory-services", 20);
        long begun = usedBytes();
        SimulatedMembers members = new SimulatedMembers();
        ImportingMember registry = new ImportingMember();
        boolean[] follows = {false};
        Member home = members.start("home", 8_192, event -> {
            if (follows[0]) {
                registry.accept(event);
            }
        });
        Telling telling = new Telling(members, home, registry, follows, 0, services, 10);
        for (int cluster = 1; cluster < clusters; cluster++) {
            telling.teller.stop();
            telling = new Telling(members, home, registry, follows, cluster, services, 10);
        }
        telling.dropBooksButOne();
        long gossip = usedBytes() - begun;
        home.tellAll(registry);
        registry.settle();
        follows[0] = true;
        long registered = usedBytes() - begun;
        Cost flip = telling.flips(0);
        int names = registry.looked();
        long looked = usedBytes() - begun;
        String figures = String.format(
                Locale.ROOT,
                "%3d clusters x %d Services x 10 endpoints: %4d MB with gossip alone, %4d MB with the registry's %d objects,"
                        + " %4d MB while somebody looks at all of it (bar 1500); a change: %d bytes, %.0f us to hear,"
                        + " %.0f us and %d objects to import",
                clusters,
                services,
                gossip / MEGABYTE,
                registered / MEGABYTE,
                registry.objects(),
                looked / MEGABYTE,
                flip.bytes(),
                flip.hearMicros(),
                flip.importMicros(),
                flip.writes());
        System.out.println(figures);
        assertThat(names).isEqualTo(services);
        assertThat(registry.objects()).isEqualTo(services * (clusters + 1));
        assertThat(flip.writes()).as(figures).isEqualTo(1);
        assertThat(flip.bytes() + ENVELOPE_BYTES).as(figures).isLessThanOrEqualTo(BAR_BYTES);
        assertThat(looked).as(figures).isLessThan(1_500 * MEGABYTE);
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** What a change costs: bytes of frames, processor time by who spends it, objects written. */
    private record Cost(long bytes, double exportMicros, double hearMicros, double importMicros, int writes) {}

    /** One cluster that exports, linked with one that imports. */
    private static final class Telling {
        private final SimulatedMembers members;
        private final Member teller;
        private final ImportingMember registry;
        private final SampleServices samples;
        private final int endpoints;
        private final List<ExportBook> books = new ArrayList<>();
        private final Map<String, Resource> slices = new HashMap<>();
        private final long toldBytes;
        private final long rawBytes;
        private final int records;

        private Telling(int services, int endpoints, boolean hints) {
            this(
                    new SimulatedMembers(),
                    null,
                    new ImportingMember(),
                    new boolean[] {true},
                    7,
                    services,
                    endpoints,
                    hints);
        }

        private Telling(
                SimulatedMembers members,
                Member home,
                ImportingMember registry,
                boolean[] follows,
                int cluster,
                int services,
                int endpoints) {
            this(members, home, registry, follows, cluster, services, endpoints, true);
        }

        private Telling(
                SimulatedMembers members,
                @Nullable Member present,
                ImportingMember registry,
                boolean[] follows,
                int cluster,
                int services,
                int endpoints,
                boolean hints) {
            this.members = members;
            this.registry = registry;
            this.endpoints = endpoints;
            this.samples = new SampleServices(cluster, hints);
            Member home = present == null ? members.start("home", 8_192, registry) : present;
            String name = String.format(Locale.ROOT, "eu-west-1-prod-%03d", cluster);
            teller = members.start(name, ImportingMember.SHARDS, event -> {}, "home");
            for (int shard = 0; shard < ImportingMember.SHARDS; shard++) {
                books.add(new ExportBook(512 * 1024));
            }
            for (int service = 0; service < services; service++) {
                export(SampleServices.name(service));
            }
            members.network.advance(Duration.ofSeconds(2));
            long before = members.network.sentBytes();
            int count = 0;
            long raw = 0;
            for (int shard = 0; shard < ImportingMember.SHARDS; shard++) {
                Map<String, ByteString> everything = books.get(shard).everything();
                for (Map.Entry<String, ByteString> each : everything.entrySet()) {
                    raw += each.getKey().length() + each.getValue().length();
                }
                count += everything.size();
                teller.core.reset(shard, 0, everything);
            }
            rawBytes = raw;
            records = count;
            for (int step = 0; !home.reached(name).equals(teller.reached(name)); step++) {
                assertThat(step).as("steps until all is told").isLessThan(MOST_STEPS);
                members.network.advance(STEP);
            }
            toldBytes = members.network.sentBytes() - before;
            if (follows[0]) {
                registry.settle();
            }
        }

        private ExportBook book(ExportName name) {
            return books.get(ImportingMember.shard(name.namespace()));
        }

        private void export(ExportName name) {
            ExportBook book = book(name);
            for (Resource object : List.of(SampleServices.service(name), SampleServices.export(name))) {
                book.apply(object.key(), null, object);
            }
            List<SliceContent> contents = samples.slices(name, endpoints, -1);
            for (int i = 0; i < contents.size(); i++) {
                Resource slice = SampleServices.stored(name, i, contents.get(i));
                slices.put(slice.key().toString(), slice);
                book.apply(slice.key(), null, slice);
            }
        }

        /** One endpoint becomes ready or not, and the change goes all the way. */
        private Cost flip(int service, int endpoint, int change) {
            ExportName name = SampleServices.name(service);
            int number = endpoint / 100;
            SliceContent content = samples.slice(
                    name, number * 100, Math.min(endpoints, number * 100 + 100), change % 2 == 0 ? endpoint : -1);
            Resource after = SampleServices.stored(name, number, content);
            Resource before = slices.put(after.key().toString(), after);
            ExportBook book = book(name);
            long begun = cpuNanos();
            book.apply(after.key(), before, after);
            List<RecordChange> changes = book.changes();
            long exported = cpuNanos();
            long sent = members.network.sentBytes();
            members.rounds(false);
            teller.publish(ImportingMember.shard(name.namespace()), changes);
            long bytes = members.network.sentBytes() - sent;
            long told = cpuNanos();
            members.network.advance(Duration.ofMillis(2));
            members.rounds(true);
            long heard = cpuNanos();
            int writes = registry.settle();
            long imported = cpuNanos();
            return new Cost(bytes, (exported - begun) / 1e3, (heard - told) / 1e3, (imported - heard) / 1e3, writes);
        }

        /** Means over some changes of one Service, once all is warm; of the bytes the most. */
        private Cost flips(int service) {
            long bytes = 0;
            double export = 0;
            double hear = 0;
            double take = 0;
            int writes = 0;
            for (int change = 0; change < 2 * CHANGES; change++) {
                Cost cost = flip(service, (change / 2 * 37) % endpoints, change);
                bytes = Math.max(bytes, cost.bytes());
                writes = Math.max(writes, cost.writes());
                if (change >= CHANGES) {
                    export += cost.exportMicros() / CHANGES;
                    hear += cost.hearMicros() / CHANGES;
                    take += cost.importMicros() / CHANGES;
                }
                members.network.advance(Duration.ofMillis(1));
            }
            return new Cost(bytes, export, hear, take, writes);
        }

        /** Whether the importing registry has stored what was told. */
        private boolean imported() {
            return registry.objects() > 0;
        }

        /** Forgets the exporting side, but for the Service that changes. */
        private void dropBooksButOne() {
            ExportName kept = SampleServices.name(0);
            ExportBook one = new ExportBook(512 * 1024);
            books.replaceAll(book -> one);
            slices.clear();
            export(kept);
            one.changes();
        }

        private String line(String what, Cost flip) {
            return String.format(
                    Locale.ROOT,
                    "%-28s %6d records, %6.2f MB told as %6.2f MB; one readiness: %d bytes on a link (bar %d), %5.0f us to"
                            + " export, %4.0f us to hear, %5.0f us and %d object to import",
                    what,
                    records,
                    rawBytes / 1e6,
                    toldBytes / 1e6,
                    flip.bytes() + ENVELOPE_BYTES,
                    BAR_BYTES,
                    flip.exportMicros(),
                    flip.hearMicros(),
                    flip.importMicros(),
                    flip.writes());
        }
    }
}
