package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.client.CallLoop;
import dev.weft.deploy.client.HttpCall;
import dev.weft.deploy.client.MetricSamples;
import dev.weft.deploy.testbed.FederatedCluster;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.deploy.testbed.Wan;
import dev.weft.gossip.HostPort;
import dev.weft.registry.testbed.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Real processes: {@code east} of three on a PostgreSQL, {@code west} and {@code north} of one each, and a proxy-node of
 * {@code north} through which the Service that all export is called from the beginning to the end.
 */
@DisplayName("Three clusters, of three, one and one processes, with links that can be cut,")
class ThreeClustersIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String CONFIG = """
            weft.gossip {
              advertised = "%s"
              trust.open-on-loopback = false
              links.silence = 4 s
              members.freshness { suspect-after = 3 s, stale-after = 6 s }
            }
            """;

    @RegisterExtension
    final TestBed bed = new TestBed();

    private final List<TestServer> all = new ArrayList<>();

    private final FederatedCluster west = new FederatedCluster("west", List.of(bed.server("west", "--no-proxy")));
    private final FederatedCluster north = new FederatedCluster("north", List.of(bed.server("north", "--no-proxy")));
    private FederatedCluster east = new FederatedCluster("east", List.of());
    private Wan wan = new Wan(List.of());
    private long begun = System.nanoTime();

    @Test
    @DisplayName(
            "relay for each other, fail static, heal, survive the loss of who holds the links and a rolling restart,"
                    + " without a failed request, and hold the same in the end")
    void wholeStory() throws Exception {
        startAll();
        try (Wan ways = wan) {
            assertThat(ways).isNotNull();
            joinByOneProcessEach();
            share();
            try (CallLoop calls = callTheImport()) {
                relayThroughTheThird();
                failStatic();
                heal();
                loseTheHolderOfLinks();
                restartEveryProcess();
                assertThat(calls.failures()).isEmpty();
                assertThat(calls.answers()).containsKeys("east-a", "west-a");
                System.out.println(calls.total() + " requests, none failed: " + calls.answers());
            }
            assertSame();
        }
    }

    private void startAll() throws IOException {
        east = new FederatedCluster("east", bed.sharing(TestStore.database(bed.directory()), 3, "east", "--no-proxy"));
        Stream.of(east, west, north).forEach(cluster -> all.addAll(cluster.processes()));
        wan = new Wan(all);
        for (TestServer server : all) {
            Path file = bed.directory().resolve(server.name() + ".conf");
            Files.writeString(file, CONFIG.formatted(wan.relay(server)));
            List<String> arguments = new ArrayList<>(server.arguments());
            arguments.addAll(List.of("--config", file.toString()));
            server.arguments(arguments);
        }
        all.forEach(TestServer::begin);
        all.forEach(TestServer::awaitReady);
        phase("started");
    }

    /** Of a cluster only one process gets the token, and another gives out the next. */
    private void joinByOneProcessEach() {
        west.join(0, east.invite(1));
        north.join(0, west.invite(0));
        for (TestServer process : all) {
            eventually(() -> assertThat(states(process, "state"))
                    .as("members as " + process.name() + " sees them")
                    .isEqualTo(Map.of("east", "Alive", "north", "Alive", "west", "Alive")));
        }
        phase("joined");
    }

    private void share() {
        for (FederatedCluster cluster : List.of(east, west)) {
            cluster.export();
            add(cluster, "a");
        }
        eventually(() ->
                assertThat(north.endpoints()).isEqualTo(Map.of("east", Set.of("east-a"), "west", Set.of("west-a"))));
        assertSame();
        for (FederatedCluster cluster : List.of(east, west, north)) {
            eventually(() -> assertMeasured(cluster));
        }
        phase("share a Service");
    }

    /** What is told of each other cluster, and of the changes that came. */
    private static void assertMeasured(FederatedCluster cluster) {
        MetricSamples metrics =
                MetricSamples.parse(cluster.api().get("/metrics").text());
        for (String other : Stream.of("east", "west", "north")
                .filter(Predicate.not(cluster.name()::equals))
                .toList()) {
            for (String name :
                    List.of("received_bytes_total", "sent_bytes_total", "round_trip_seconds", "lag_seconds")) {
                assertThat(value(metrics, name, other))
                        .as(name + " of " + other)
                        .isPositive();
            }
            assertThat(value(metrics, "staleness_seconds", other)).isNotNegative();
            assertThat(value(metrics, "records_behind", other)).isZero();
        }
        assertThat(value(metrics, "convergence_seconds_count", "")).isPositive();
        assertThat(value(metrics, "convergence_seconds_bucket", ""))
                .as("each bucket holds those below it")
                .isGreaterThanOrEqualTo(value(metrics, "convergence_seconds_count", ""));
    }

    /** The sum of the samples of a name and a cluster; a failure where there is none. */
    private static double value(MetricSamples metrics, String name, String cluster) {
        double[] values = metrics.all().stream()
                .filter(sample -> sample.name().equals("weft_federation_" + name)
                        && sample.label("cluster").equals(cluster))
                .mapToDouble(MetricSamples.Sample::value)
                .toArray();
        assertThat(values).as(name + " of " + cluster).isNotEmpty();
        return DoubleStream.of(values).sum();
    }

    private Backend add(FederatedCluster cluster, String which) {
        Backend backend = bed.backend(cluster.name() + "-" + which, 9376);
        cluster.pod(backend);
        cluster.ready(backend, true);
        return backend;
    }

    private CallLoop callTheImport() {
        eventually(() -> assertThat(north.importedIp()).isNotEmpty());
        bed.command(
                        "proxy",
                        "proxy",
                        "--api",
                        north.processes().get(0).apiUrl().toString(),
                        "--node",
                        "outpost",
                        "--dns",
                        "off")
                .awaitReady(PATIENCE);
        HostPort address = new HostPort(north.importedIp(), 80);
        eventually(() ->
                assertThat(HttpCall.get(address, "/", Duration.ofSeconds(2))).isIn("east-a", "west-a"));
        phase("called");
        return CallLoop.start(address, Duration.ofMillis(5), InstantSource.system());
    }

    private void relayThroughTheThird() {
        wan.cut(east.processes(), west.processes());
        add(east, "b");
        eventually(() -> assertThat(west.endpoints()).containsEntry("east", Set.of("east-a", "east-b")));
        // Links that carry nothing end; what is heard of each other is heard through north, and stays fresh.
        eventually(() -> assertThat(log(west)).contains("is gone: silent for"));
        eventually(
                () -> assertThat(states(west.processes().get(0), "freshness")).containsEntry("east", "Fresh"));
        add(west, "b");
        eventually(() -> assertThat(east.endpoints()).containsEntry("west", Set.of("west-a", "west-b")));
        assertSame();
        phase("relayed through the third");
    }

    /** The west is alone now; what it exported stays in use, and shows that it is old. */
    private void failStatic() {
        wan.cut(north.processes(), west.processes());
        for (TestServer process : others(west)) {
            eventually(() -> assertThat(states(process, "freshness"))
                    .containsEntry("west", "Stale")
                    .containsEntry("east", "Fresh"));
        }
        add(west, "c");
        add(east, "c");
        eventually(() -> assertThat(north.endpoints())
                .isEqualTo(Map.of("east", Set.of("east-a", "east-b", "east-c"), "west", Set.of("west-a", "west-b"))));
        assertSaysStale();
        north.processes().get(0).kill();
        north.processes().get(0).start();
        assertSaysStale();
        assertThat(north.endpoints())
                .as("what the importing cluster kept over its own restart")
                .containsEntry("west", Set.of("west-a", "west-b"));
        phase("failed static");
    }

    private void assertSaysStale() {
        eventually(() -> {
            JsonNode fresh = freshCondition(north.serviceImport());
            assertThat(fresh.path("status").asText()).isEqualTo("False");
            assertThat(fresh.path("message").asText()).contains("west");
        });
        eventually(() -> {
            MetricSamples metrics =
                    MetricSamples.parse(north.api().get("/metrics").text());
            assertThat(value(metrics, "staleness_seconds", "west")).isGreaterThanOrEqualTo(6);
            assertThat(metrics.all())
                    .anyMatch(sample -> sample.name().equals("weft_federation_member")
                            && sample.label("cluster").equals("west")
                            && sample.label("freshness").equals("Stale"));
        });
    }

    private void heal() {
        wan.mend(west.processes(), others(west));
        for (FederatedCluster cluster : List.of(east, west, north)) {
            eventually(() -> assertThat(cluster.endpoints())
                    .isEqualTo(Map.of(
                            "east", Set.of("east-a", "east-b", "east-c"),
                            "west", Set.of("west-a", "west-b", "west-c"))));
        }
        for (TestServer process : all) {
            eventually(() -> assertThat(states(process, "freshness").values()).containsOnly("Fresh"));
        }
        eventually(() -> assertThat(
                        freshCondition(north.serviceImport()).path("status").asText())
                .isEqualTo("True"));
        assertSame();
        phase("healed");
    }

    /** One process of the east holds all links with others, the other two speak through it; then it is gone. */
    private void loseTheHolderOfLinks() {
        TestServer holder = east.processes().get(0);
        List<TestServer> rest = east.processes().subList(1, 3);
        wan.cut(rest, others(east));
        add(east, "d");
        eventually(() -> assertThat(west.endpoints().get("east")).contains("east-d"));
        wan.mend(rest, others(east));
        holder.kill();
        add(east, "e");
        add(west, "e");
        eventually(() -> assertThat(west.endpoints().get("east")).contains("east-e"));
        eventually(() -> assertThat(east.endpoints().get("west")).contains("west-e"));
        holder.start();
        assertSame();
        phase("lost the process that held the links");
    }

    /** One after the other stops; meanwhile another cluster changes something, and all hear of it. */
    private void restartEveryProcess() {
        for (TestServer process : all) {
            assertThat(process.stop()).as("exit code of " + process.name()).isZero();
            FederatedCluster elsewhere = process.cluster().equals("west") ? east : west;
            add(elsewhere, "while-" + process.name() + "-is-away");
            process.start();
        }
        eventually(
                () -> assertThat(north.endpoints()).isEqualTo(east.endpoints()).isEqualTo(west.endpoints()));
        assertThat(north.endpoints().get("east")).contains("east-while-west-1-is-away");
        assertThat(north.endpoints().get("west")).contains("west-while-east-1-is-away", "west-while-north-1-is-away");
        assertSame();
        phase("restarted every process");
    }

    /** All processes of all clusters hold the same records of each cluster. */
    private void assertSame() {
        eventually(() -> {
            Map<String, Map<String, String>> held = new TreeMap<>();
            all.forEach(process -> held.put(process.name(), FederatedCluster.digests(process)));
            Map<String, String> first = held.get("east-1");
            assertThat(first).containsOnlyKeys("east", "north", "west").doesNotContainValue("");
            assertThat(held.values()).as(held.toString()).containsOnly(first);
        });
    }

    private List<TestServer> others(FederatedCluster cluster) {
        return all.stream().filter(Predicate.not(cluster.processes()::contains)).toList();
    }

    private static Map<String, String> states(TestServer process, String field) {
        Map<String, String> states = new TreeMap<>();
        FederatedCluster.members(process)
                .forEach((name, status) -> states.put(name, status.path(field).asText()));
        return states;
    }

    private static JsonNode freshCondition(JsonNode serviceImport) {
        for (JsonNode condition : serviceImport.at("/status/conditions")) {
            if (condition.path("type").asText().equals("mesh.weft.dev/Fresh")) {
                return condition;
            }
        }
        throw new AssertionError("no word on freshness in " + serviceImport);
    }

    private static String log(FederatedCluster cluster) throws IOException {
        return Files.readString(cluster.processes().get(0).running().log());
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(assertion);
    }

    private void phase(String what) {
        long now = System.nanoTime();
        System.out.println("three clusters: " + what + " after "
                + Duration.ofNanos(now - begun).toMillis() + " ms");
        begun = now;
    }
}
