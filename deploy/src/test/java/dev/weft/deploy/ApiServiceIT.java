package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.deploy.testbed.Call;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import dev.weft.registry.testbed.TestStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("The Service default/kubernetes")
class ApiServiceIT {
    private static final String SERVICE = "/api/v1/namespaces/default/services/kubernetes";
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"
            + "?labelSelector=kubernetes.io/service-name%3Dkubernetes";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @RegisterExtension
    final TestBed bed = new TestBed();

    @Test
    @DisplayName("leads to the processes that serve the API, one that died leaves it, and programs find it")
    void leadsToTheApi() throws Exception {
        String config = bed.config("""
                weft.registry.lifecycle.node-grace = 4 s
                weft.registry.lifecycle.start-grace = 1 s
                weft.server.node-heartbeat = 1 s
                """);
        TestServer first = bed.server("east", "--config", config).start();
        TestServer second =
                bed.further(first, "east-2", "--no-proxy", "--config", config).start();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(endpoints(first)).containsExactlyInAnyOrder(at(first), at(second)));
        JsonNode service = first.api().require(SERVICE);
        String ip = service.at("/spec/clusterIP").asText();
        assertThat(ip).endsWith(".1");
        assertThat(service.at("/spec/ports/0/name").asText()).isEqualTo("http");
        assertThat(service.at("/metadata/labels/component").asText()).isEqualTo("apiserver");
        int port = service.at("/spec/ports/0/port").asInt();
        URI version = URI.create("http://" + new HostPort(ip, port) + "/version");
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(HttpClient.newHttpClient()
                                .send(HttpRequest.newBuilder(version).build(), BodyHandlers.ofString())
                                .body())
                        .contains("gitVersion"));
        Call variables = Call.weft(List.of("env", "--api", first.apiUrl().toString()));
        assertThat(variables.out())
                .contains("KUBERNETES_SERVICE_HOST=" + ip, "KUBERNETES_SERVICE_PORT=" + port)
                .doesNotContain("KUBERNETES_SERVICE_PORT_HTTPS");

        second.kill();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(endpoints(first)).containsExactly(at(first)));
        String before = first.api().require(SERVICE).at("/metadata/uid").asText();
        assertThat(first.api().delete(SERVICE).ok()).isTrue();
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode again = first.api().get(SERVICE).json();
            assertThat(again.at("/metadata/uid").asText()).isNotEmpty().isNotEqualTo(before);
            assertThat(again.at("/spec/clusterIP").asText()).isEqualTo(ip);
        });
    }

    @Test
    @DisplayName("loses a process that is stopped as soon as it stops, with its Node, and has it again once it is back")
    void cleanStop() {
        List<TestServer> servers = bed.sharing(TestStore.database(bed.directory()), 2, "east", "--no-proxy");
        TestServer stays = servers.get(0).start();
        TestServer goes = servers.get(1).start();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(endpoints(stays)).containsExactlyInAnyOrder(at(stays), at(goes)));

        assertThat(goes.stop()).isZero();
        assertThat(readiness(stays, goes)).isEqualTo("False WeftStopped");
        // Long before its Node is missed for its silence.
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(endpoints(stays)).containsExactly(at(stays)));

        goes.start();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(endpoints(stays)).containsExactlyInAnyOrder(at(stays), at(goes)));
        assertThat(readiness(stays, goes)).isEqualTo("True WeftServing");
    }

    /** What a server tells of another's Node. */
    private static String readiness(TestServer asked, TestServer of) {
        JsonNode ready = asked.api().require("/api/v1/nodes/" + of.name()).at("/status/conditions/0");
        return ready.path("status").asText() + " " + ready.path("reason").asText();
    }

    @Test
    @DisplayName("is not made where it is not wanted")
    void off() {
        TestServer server = bed.server(
                        "east", "--no-proxy", "--config", bed.config("weft.server.kubernetes-service.keep = off\n"))
                .start();
        assertThat(server.api().get(SERVICE).status()).isEqualTo(404);
        assertThat(endpoints(server)).isEmpty();
    }

    private static String at(TestServer server) {
        return server.apiAddress().toString();
    }

    private static Set<String> endpoints(TestServer server) {
        Set<String> endpoints = new TreeSet<>();
        for (JsonNode slice : server.api().require(SLICES).path("items")) {
            for (JsonNode endpoint : slice.path("endpoints")) {
                endpoints.add(endpoint.at("/addresses/0").asText() + ":"
                        + slice.at("/ports/0/port").asText());
            }
        }
        return endpoints;
    }
}
