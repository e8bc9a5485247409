package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.deploy.testbed.Call;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Three clusters that only tokens bring together")
class FederateIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String EXPORTS = "/apis/multicluster.x-k8s.io/v1beta1/namespaces/default/serviceexports";
    private static final String IMPORTS = "/apis/multicluster.x-k8s.io/v1beta1/namespaces/default/serviceimports";

    @RegisterExtension
    final TestBed bed = new TestBed();

    private final TestServer east = server("east");
    private final TestServer west = server("west");
    private final TestServer north = server("north");
    private final List<TestServer> all = List.of(east, west, north);

    @BeforeEach
    void startAll() {
        all.forEach(TestServer::begin);
        all.forEach(TestServer::awaitReady);
    }

    @Test
    @DisplayName(
            "share exports, drop what one exported when it leaves or is expelled, and take back one that lost its disk")
    void wholeLife() throws Exception {
        federate();
        assertThat(weft(north, "members").lines()).hasSize(4);
        revoke();
        leaveAndComeBack();
        loseDisk();
        expel();
    }

    private void revoke() throws Exception {
        String token = weft(east, "invite").strip();
        String shown = weft(east, "tokens");
        assertThat(shown.lines()).as(shown).hasSizeGreaterThan(1);
        for (String line : shown.lines().skip(1).toList()) {
            String id = line.substring(0, line.indexOf(' '));
            assertThat(weft(east, "revoke", id)).contains("revoked " + id);
            refused(east, 1, "none that can be used", "revoke", id);
        }
        assertThat(weft(east, "tokens").lines()).hasSize(1);
        assertThat(shown).doesNotContain(token);
    }

    private void leaveAndComeBack() throws Exception {
        assertThat(weft(west, "leave")).startsWith("left");
        awaitExports(east, "east", "north");
        awaitExports(north, "east", "north");
        awaitExports(west, "west");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(states(east)).containsEntry("west", "Left").containsEntry("north", "Alive");
            assertThat(states(north)).containsEntry("west", "Left").containsEntry("east", "Alive");
        });
        weft(west, "join", invite(north));
        awaitAllShare();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(states(east)).containsEntry("west", "Alive"));
    }

    private void loseDisk() throws Exception {
        north.kill();
        deleteTree(north.data());
        north.start();
        // Until the old one is unreachable, its name is not free.
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(call(north, "join", invite(east)))
                        .extracting(Call::code)
                        .isEqualTo(0));
        awaitExports(east, "east", "west");
        awaitExports(west, "east", "west");
        export(north);
        awaitAllShare();
    }

    private void expel() throws Exception {
        assertThat(weft(west, "expel", "north").strip()).isEqualTo("expelled north");
        awaitExports(east, "east", "west");
        awaitExports(west, "east", "west");
        refused(north, 1, "was expelled by west", "join", invite(east));
        refused(east, 1, "nobody is no member", "expel", "nobody");
        refused(east, 1, "this one", "expel", "east");
        refused(east, 2, "Missing required parameter", "join");
    }

    /** Neighbours on one machine could come in without a token: not here. */
    private TestServer server(String cluster) {
        return bed.server(
                cluster,
                "--no-proxy",
                "--config",
                bed.manifest("tokens-only.conf").toString());
    }

    private void federate() throws Exception {
        for (TestServer server : all) {
            export(server);
        }
        String brief = weft(east, "invite", "--valid", "1s").strip();
        String token = invite(east);
        assertThat(weft(west, "join", token)).startsWith("joined");
        refused(north, 1, "used already by another", "join", token);
        // Two commands were started since, each of which took a second; but who knows.
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> refused(north, 1, "expired", "join", brief));
        refused(north, 1, "damaged", "join", token.substring(0, token.length() - 4));
        weft(north, "join", invite(west));
        awaitAllShare();
    }

    private void awaitAllShare() {
        all.forEach(server -> awaitExports(server, "east", "north", "west"));
    }

    private static void export(TestServer server) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode service =
                mapper.readTree("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"web\"},"
                        + "\"spec\":{\"ports\":[{\"port\":80}]}}");
        JsonNode export = mapper.readTree("{\"apiVersion\":\"multicluster.x-k8s.io/v1beta1\","
                + "\"kind\":\"ServiceExport\",\"metadata\":{\"name\":\"web\"}}");
        server.api().accepted("a service", server.api().create("/api/v1/namespaces/default/services", service));
        server.api().accepted("an export", server.api().create(EXPORTS, export));
    }

    private static void awaitExports(TestServer server, String... clusters) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(exporters(server))
                        .as("exporters as " + server.cluster() + " sees them")
                        .containsExactlyInAnyOrder(clusters));
    }

    private static Set<String> exporters(TestServer server) {
        Set<String> clusters = new TreeSet<>();
        server.api()
                .get(IMPORTS + "/web")
                .json()
                .at("/status/clusters")
                .forEach(cluster -> clusters.add(cluster.path("cluster").asText()));
        return clusters;
    }

    private static Map<String, String> states(TestServer server) {
        Map<String, String> states = new TreeMap<>();
        server.api()
                .require("/apis/mesh.weft.dev/v1alpha1/clusters")
                .path("items")
                .forEach(cluster -> states.put(
                        cluster.at("/metadata/name").asText(),
                        cluster.at("/status/state").asText()));
        return states;
    }

    private static String invite(TestServer server) throws Exception {
        return weft(server, "invite", "--valid", "15m").strip();
    }

    private static String weft(TestServer server, String... words) throws Exception {
        Call call = call(server, words);
        assertThat(call.code()).as(call.err()).isZero();
        return call.out();
    }

    private static void refused(TestServer server, int code, String why, String... words) throws Exception {
        Call call = call(server, words);
        assertThat(call.err()).startsWith("weft: ").contains(why);
        assertThat(call.err().lines()).as(call.err()).hasSize(1);
        assertThat(call.code()).isEqualTo(code);
        assertThat(call.out()).isEmpty();
    }

    private static Call call(TestServer server, String... words) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("federate"));
        arguments.addAll(List.of(words));
        arguments.addAll(List.of("--api", server.apiUrl().toString()));
        return Call.weft(arguments);
    }

    private static void deleteTree(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
