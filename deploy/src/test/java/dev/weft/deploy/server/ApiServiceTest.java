package dev.weft.deploy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ObjectClient;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.PortRange;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The Service of the API")
class ApiServiceTest {
    private static final String SERVICE = "/api/v1/namespaces/default/services/kubernetes";
    private static final String ENDPOINTS = "/api/v1/namespaces/default/endpoints/kubernetes";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Objects objects = new Objects();

    /** Objects by their paths, and what was written. */
    private static final class Objects implements ObjectClient {
        private final TreeMap<String, ObjectNode> stored = new TreeMap<>();
        private final List<String> written = new ArrayList<>();

        @Override
        public ApiClient.Reply get(String path) {
            JsonNode found = stored.get(path);
            return found == null
                    ? new ApiClient.Reply(404, "", MissingNode.getInstance())
                    : new ApiClient.Reply(200, "", found);
        }

        @Override
        public ApiClient.Reply create(String path, JsonNode object) {
            String one = path + "/" + object.at("/metadata/name").asText();
            written.add("create " + one);
            stored.put(one, object.deepCopy());
            return get(one);
        }

        @Override
        public ApiClient.Reply mergePatch(String path, JsonNode change) {
            written.add("patch " + path);
            ObjectNode object = java.util.Objects.requireNonNull(stored.get(path));
            change.properties().forEach(field -> {
                if (field.getKey().equals("spec")) {
                    object.withObjectProperty("spec").setAll((ObjectNode) field.getValue());
                } else {
                    object.set(field.getKey(), field.getValue());
                }
            });
            return get(path);
        }
    }

    private ApiService service(String cidrs) {
        NetworkRanges ranges = new NetworkRanges(
                List.of(cidrs.split(",")).stream().map(Cidr::of).toList(), List.of(), PortRange.KUBERNETES_NODE_PORTS);
        return new ApiService(objects, ApiServiceObjects.of(ranges), Duration.ofSeconds(10));
    }

    private static List<URI> at(String... apis) {
        return List.of(apis).stream().map(URI::create).toList();
    }

    private String subsets() {
        return java.util.Objects.requireNonNull(objects.stored.get(ENDPOINTS))
                .path("subsets")
                .toString();
    }

    private JsonNode spec() {
        return java.util.Objects.requireNonNull(objects.stored.get(SERVICE)).path("spec");
    }

    @Test
    @DisplayName("is made as kube-apiserver makes it, at the first address of the first range, and then left in peace")
    void made() {
        ApiService service = service("10.96.0.0/16,fd00:96::/112");
        List<URI> alive = at("https://10.0.0.2:8443", "https://10.0.0.1:8443", "https://10.0.0.3:9443");
        assertThat(service.reconcile(alive)).isEmpty();
        assertThat(service.reconcile(alive)).isEmpty();
        assertThat(service.reconcile(at("https://10.0.0.3:9443", "https://10.0.0.1:8443", "https://10.0.0.2:8443")))
                .isEmpty();
        assertThat(objects.written).containsExactly("create " + SERVICE, "create " + ENDPOINTS);
        assertThat(spec().path("clusterIP").asText()).isEqualTo("10.96.0.1");
        assertThat(spec().path("ports"))
                .hasToString("[{\"name\":\"https\",\"port\":443,\"protocol\":\"TCP\",\"targetPort\":8443}]");
        assertThat(objects.get(SERVICE).json().at("/metadata/labels"))
                .hasToString("{\"component\":\"apiserver\",\"provider\":\"kubernetes\"}");
        assertThat(subsets())
                .isEqualTo("[{\"addresses\":[{\"ip\":\"10.0.0.1\"},{\"ip\":\"10.0.0.2\"}],"
                        + "\"ports\":[{\"name\":\"https\",\"port\":8443,\"protocol\":\"TCP\"}]},"
                        + "{\"addresses\":[{\"ip\":\"10.0.0.3\"}],"
                        + "\"ports\":[{\"name\":\"https\",\"port\":9443,\"protocol\":\"TCP\"}]}]");
    }

    @Test
    @DisplayName("follows processes that come and go, and comes back when it was removed")
    void follows() {
        ApiService service = service("10.96.0.0/16");
        service.reconcile(at("https://10.0.0.1:8443"));
        service.reconcile(at("https://10.0.0.1:8443", "https://10.0.0.2:8443"));
        assertThat(subsets()).contains("10.0.0.1", "10.0.0.2");
        service.reconcile(at("https://10.0.0.2:8443"));
        assertThat(subsets()).contains("10.0.0.2").doesNotContain("10.0.0.1");
        objects.stored.remove(SERVICE);
        service.reconcile(at("https://10.0.0.2:8443"));
        assertThat(spec().path("clusterIP").asText()).isEqualTo("10.96.0.1");
    }

    @Test
    @DisplayName("is not called https where the API is not, and is changed when that changes")
    void plain() {
        ApiService service = service("127.96.0.0/16");
        service.reconcile(at("http://127.0.0.1:8002"));
        assertThat(spec().path("ports"))
                .hasToString("[{\"name\":\"http\",\"port\":8001,\"protocol\":\"TCP\",\"targetPort\":8002}]");
        assertThat(subsets()).contains("127.0.0.1", "\"http\"", "8002");
        service.reconcile(at("https://127.0.0.1:8002"));
        assertThat(spec().at("/ports/0/port").asInt()).isEqualTo(443);
        assertThat(subsets()).contains("\"https\"");
    }

    @Test
    @DisplayName(
            "has no endpoints that lead nowhere: none on loopback in a cluster that is not, none without an address")
    void unsound() {
        service("10.96.0.0/16").reconcile(at("http://127.0.0.1:8001", "http://[fe80::1]:8001", "http://name:8001"));
        assertThat(subsets()).isEqualTo("[]");
        assertThat(spec().path("clusterIP").asText()).isEqualTo("10.96.0.1");
    }

    @Test
    @DisplayName("is left alone, and that is said, where somebody has one of his own; and while no process is known")
    void somebodyElses() {
        ApiService service = service("10.96.0.0/16");
        assertThat(service.reconcile(List.of())).isEmpty();
        assertThat(objects.written).isEmpty();
        ObjectNode own = ApiServiceObjects.of(
                        new NetworkRanges(List.of(Cidr.of("10.96.0.0/16")), List.of(), PortRange.KUBERNETES_NODE_PORTS))
                .service(at("http://10.0.0.1:80"));
        own.withObjectProperty("metadata").remove("labels");
        objects.stored.put(SERVICE, own);
        assertThat(service.reconcile(at("https://10.0.0.1:8443"))).contains("somebody else's");
        assertThat(objects.written).isEmpty();
    }

    @Test
    @DisplayName(
            "loses the endpoint of a process that leaves, though that is still taken to be ready, and keeps the others")
    void leaves() {
        ApiService service = service("10.96.0.0/16");
        service.reconcile(at("https://10.0.0.1:8443", "https://10.0.0.2:8443"));
        service.replaced(List.of(ready("a", "https://10.0.0.1:8443"), ready("b", "https://10.0.0.2:8443")));
        service.start();
        CompletionStage<Void> left = service.leave("a");
        assertThat(left.toCompletableFuture()).succeedsWithin(PATIENCE);
        assertThat(subsets()).contains("10.0.0.2").doesNotContain("10.0.0.1");
    }

    @Test
    @DisplayName("keeps the endpoint of the last process that leaves")
    void lastLeaves() {
        ApiService service = service("10.96.0.0/16");
        service.reconcile(at("https://10.0.0.1:8443"));
        service.replaced(List.of(ready("a", "https://10.0.0.1:8443")));
        service.start();
        CompletionStage<Void> left = service.leave("a");
        assertThat(left.toCompletableFuture()).succeedsWithin(PATIENCE);
        assertThat(subsets()).contains("10.0.0.1");
    }

    private static JsonNode ready(String name, String api) {
        return new NodeObjects(name, "", "10.0.0.1", "", api, "1.0", new NodeCapacity(1, 1)).node(Instant.EPOCH);
    }

    @Test
    @DisplayName("is told an address that others can reach")
    void advertised() {
        assertThat(ServerObjects.advertised(URI.create("https://10.0.0.1:8443")))
                .hasToString("https://10.0.0.1:8443");
        assertThat(ServerObjects.advertised(URI.create("https://[fd00::1]:8443")))
                .hasToString("https://[fd00:0:0:0:0:0:0:1]:8443");
        assertThat(ServerObjects.advertised(URI.create("http://0.0.0.0:8001")).getHost())
                .isNotEqualTo("0.0.0.0");
    }
}
