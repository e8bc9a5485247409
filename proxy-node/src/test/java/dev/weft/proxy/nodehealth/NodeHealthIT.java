package dev.weft.proxy.nodehealth;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewBatch;
import dev.weft.proxy.view.ViewUpdate;
import dev.weft.proxy.view.WatchedKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asked by curl, as load balancers ask. */
@DisplayName("load balancers that ask a node")
@Timeout(300)
class NodeHealthIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
    private static final String ADDRESS = "127.80.23.1";
    private static final String OTHER_ADDRESS = "127.80.23.2";

    private NodeHealth health = new NodeHealth(
            settings("off", 100, Duration.ofSeconds(60)),
            new NodeIdentity("here", "", ""),
            List.of(ADDRESS, OTHER_ADDRESS),
            InstantSource.fixed(NOW),
            new SplittableRandom(1));
    private ServiceView view = ServiceView.empty("here");
    private boolean complete = true;

    private static NodeHealthSettings settings(String listen, int connections, Duration timeout) {
        return new NodeHealthSettings(
                listen.equals("off") ? "" : listen,
                connections,
                timeout,
                Duration.ofMillis(20),
                Duration.ofMillis(200));
    }

    @AfterEach
    void stop() {
        health.stop();
    }

    private void restart(NodeHealthSettings settings) {
        health.stop();
        health = new NodeHealth(
                settings,
                new NodeIdentity("here", "", ""),
                List.of(ADDRESS),
                InstantSource.fixed(NOW),
                new SplittableRandom(1));
        health.start();
    }

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text.replace('\'', '"'));
    }

    private static JsonNode service(String name, int port, String policy) throws IOException {
        return json("{'metadata':{'namespace':'shop','name':'" + name + "'},'spec':{'type':'LoadBalancer',"
                + "'clusterIPs':['10.96.0.1'],'externalTrafficPolicy':'" + policy + "','healthCheckNodePort':" + port
                + ",'ports':[{'name':'a','port':80},{'name':'b','port':81}]}}");
    }

    /** Each endpoint such as {@code 10.0.0.1@here:rs}: address, node, ready, serving, terminating. */
    private static JsonNode slice(String name, String... endpoints) throws IOException {
        StringBuilder list = new StringBuilder();
        for (String endpoint : endpoints) {
            String[] parts = endpoint.split("[@:]", -1);
            list.append(list.isEmpty() ? "" : ",")
                    .append("{'addresses':['" + parts[0] + "'],'nodeName':'" + parts[1] + "','conditions':{'ready':"
                            + parts[2].contains("r") + ",'serving':" + parts[2].contains("s") + ",'terminating':"
                            + parts[2].contains("t") + "},'targetRef':{'uid':'uid-" + parts[0] + "'}}");
        }
        return json("{'metadata':{'namespace':'shop','name':'" + name
                + "-1','labels':{'kubernetes.io/service-name':'" + name + "'}},'addressType':'IPv4',"
                + "'ports':[{'name':'a','port':8080},{'name':'b','port':8081}],'endpoints':[" + list + "]}");
    }

    private void picture(List<JsonNode> services, JsonNode... slices) {
        apply(List.of(
                new ViewBatch(WatchedKind.SERVICES, services, Map.of()),
                new ViewBatch(WatchedKind.SLICES, List.of(slices), Map.of())));
    }

    private void apply(List<ViewBatch> batches) {
        ViewUpdate update = view.apply(batches);
        view = update.view();
        health.apply(complete ? new ViewUpdate(view, view.keys(), true) : update);
        complete = false;
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(ADDRESS))) {
            return probe.getLocalPort();
        }
    }

    /** Status, headers and body as curl prints them; empty while nobody answers. */
    private static String curl(String address, int port, String path) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "curl", "-s", "-i", "--max-time", "60", "http://" + address + ":" + port + path)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return printed;
    }

    private static void awaitAnswer(String address, int port, String path, String... parts) {
        await().untilAsserted(() -> assertThat(curl(address, port, path)).contains(parts));
    }

    @Test
    @DisplayName("on a health-check node port get 200 with the count while ready endpoints are here, else 503 (KP-8)")
    void answersAsKubeProxy() throws Exception {
        int port = freePort();
        List<JsonNode> services = List.of(service("web", port, "Local"));
        picture(services, slice("web", "10.0.0.1@here:rs", "10.0.0.2@here:rs", "10.0.0.3@there:rs"));
        String healthy = "{\"service\":{\"namespace\":\"shop\",\"name\":\"web\"},\"localEndpoints\":2,"
                + "\"serviceProxyHealthy\":true}";
        awaitAnswer(
                ADDRESS,
                port,
                "/",
                "HTTP/1.1 200 OK",
                "content-type: application/json",
                "X-Content-Type-Options: nosniff",
                "X-Load-Balancing-Endpoint-Weight: 2",
                healthy);
        awaitAnswer(OTHER_ADDRESS, port, "/any/path?at=all", "HTTP/1.1 200 OK", healthy);
        assertThat(health.status())
                .extracting(HealthPortStatus::address, HealthPortStatus::healthy, HealthPortStatus::problem)
                .containsExactly(tuple(ADDRESS, true, ""), tuple(OTHER_ADDRESS, true, ""));

        picture(services, slice("web", "10.0.0.1@here:st", "10.0.0.3@there:rs"));
        assertThat(curl(ADDRESS, port, "/"))
                .as("only ready endpoints count, though a terminating one is still led to")
                .contains("HTTP/1.1 503", "\"localEndpoints\":0,\"serviceProxyHealthy\":true", "Weight: 0");

        picture(services, slice("web", "10.0.0.1@here:rs"));
        health.drain();
        assertThat(curl(ADDRESS, port, "/"))
                .as("a proxy that drains serves nobody new")
                .contains("HTTP/1.1 503", "\"localEndpoints\":1,\"serviceProxyHealthy\":false");
    }

    @Test
    @DisplayName("find the port where it was moved to, and none where there is no Local policy or no Service any more")
    void comesAndGoes() throws Exception {
        int first = freePort();
        picture(List.of(service("web", first, "Local")), slice("web", "10.0.0.1@here:rs"));
        awaitAnswer(ADDRESS, first, "/", "200 OK");

        int second = freePort();
        picture(List.of(service("web", second, "Local")), slice("web", "10.0.0.1@here:rs"));
        awaitAnswer(ADDRESS, second, "/", "200 OK");
        await().untilAsserted(() -> assertThat(curl(ADDRESS, first, "/")).isEmpty());

        picture(List.of(service("web", second, "Cluster")), slice("web", "10.0.0.1@here:rs"));
        await().untilAsserted(() -> assertThat(curl(ADDRESS, second, "/")).isEmpty());
        assertThat(health.status()).isEmpty();

        picture(List.of(service("web", first, "Local")), slice("web", "10.0.0.1@here:rs"));
        awaitAnswer(ADDRESS, first, "/", "200 OK");
        picture(List.of());
        await().untilAsserted(() -> assertThat(curl(ADDRESS, first, "/")).isEmpty());
    }

    @Test
    @DisplayName("are answered for the first of two Services that name one port, and for the other when that is gone")
    void onePortForTwo() throws Exception {
        int port = freePort();
        JsonNode first = service("a", port, "Local");
        JsonNode second = service("b", port, "Local");
        picture(List.of(second, first), slice("a", "10.0.0.1@there:rs"), slice("b", "10.0.0.2@here:rs"));
        awaitAnswer(ADDRESS, port, "/", "503", "\"name\":\"a\"");
        picture(List.of(second), slice("b", "10.0.0.2@here:rs"));
        awaitAnswer(ADDRESS, port, "/", "200", "\"name\":\"b\"");
    }

    @Test
    @DisplayName("are answered as soon as whoever had the port gives it up, and the status says why not before")
    void portTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 10, InetAddress.getByName(ADDRESS))) {
            picture(List.of(service("web", taken.getLocalPort(), "Local")), slice("web", "10.0.0.1@here:rs"));
            await().untilAsserted(() ->
                    assertThat(health.status().get(0).problem()).containsIgnoringCase("address already in use"));
            int port = taken.getLocalPort();
            taken.close();
            awaitAnswer(ADDRESS, port, "/", "200 OK");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'metadata':{'name':'here'}} | 200",
                "{'metadata':{'name':'here'},'spec':{'taints':[{'key':'ToBeDeletedByClusterAutoscaler'}]}} | 503",
                "{'metadata':{'name':'here','deletionTimestamp':'2026-11-22T00:00:00Z'}} | 503",
                "{'metadata':{'name':'there'},'spec':{'taints':[{'key':'ToBeDeletedByClusterAutoscaler'}]}} | 200",
            })
    @DisplayName("hear from /healthz when the node is about to go, and not from /livez (KP-9)")
    void nodeEligible(String text, int status) throws Exception {
        restart(settings(ADDRESS + ":0", 100, Duration.ofSeconds(60)));
        await().until(() -> health.port() > 0);
        assertThat(curl(ADDRESS, health.port(), "/healthz"))
                .as("before the first picture")
                .contains("HTTP/1.1 503");
        picture(List.of());
        JsonNode node = json(text);
        String id = "/" + node.path("metadata").path("name").asText();
        apply(List.of(new ViewBatch(WatchedKind.NODES, null, Map.of(id, new ViewBatch.Change(node, false)))));
        String times = "{\"lastUpdated\":\"2026-11-22T00:00:00Z\",\"currentTime\":\"2026-11-22T00:00:00Z\"";
        assertThat(curl(ADDRESS, health.port(), "/healthz"))
                .contains("HTTP/1.1 " + status, "nosniff", times + ",\"nodeEligible\":" + (status == 200) + "}");
        assertThat(curl(ADDRESS, health.port(), "/livez")).contains("HTTP/1.1 200", times + "}");
        assertThat(curl(ADDRESS, health.port(), "/")).contains("HTTP/1.1 404");

        health.drain();
        assertThat(curl(ADDRESS, health.port(), "/livez")).contains("HTTP/1.1 503");
    }

    @Test
    @DisplayName("cannot take more connections than the bound, nor keep one open without asking")
    void bounded() throws Exception {
        restart(settings("off", 2, Duration.ofMillis(300)));
        int port = freePort();
        complete = true;
        picture(List.of(service("web", port, "Local")), slice("web", "10.0.0.1@here:rs"));
        awaitAnswer(ADDRESS, port, "/", "200 OK");
        List<Socket> silent = new ArrayList<>();
        for (int number = 0; number < 20; number++) {
            silent.add(new Socket(ADDRESS, port));
        }
        for (Socket socket : silent) {
            socket.setSoTimeout(60_000);
            assertThat(socket.getInputStream().read()).as("closed by the node").isEqualTo(-1);
            socket.close();
        }
        awaitAnswer(ADDRESS, port, "/", "200 OK");
    }

    @Test
    @DisplayName("count an endpoint once, whatever its ports, and none of another cluster's node of the same name")
    void countsOnce() throws Exception {
        HealthPorts ports = new HealthPorts(new NodeIdentity("here", "", "east"));
        JsonNode theirs = json(slice("web", "10.0.0.2@here:rs")
                .toString()
                .replace("web-1", "web-west")
                .replace("\"labels\":{", "\"labels\":{\"multicluster.kubernetes.io/source-cluster\":\"west\","));
        ServiceView all = ServiceView.empty("here")
                .apply(List.of(
                        new ViewBatch(WatchedKind.SERVICES, List.of(service("web", 30000, "Local")), Map.of()),
                        new ViewBatch(WatchedKind.SLICES, List.of(slice("web", "10.0.0.1@here:rs"), theirs), Map.of())))
                .view();
        ServiceKey key = ServiceKey.service("shop", "web");
        assertThat(ports.apply(new ViewUpdate(all, Set.of(key), false)))
                .isEqualTo(Map.of(30000, new HealthPort(key, 30000, 1)));
    }
}
