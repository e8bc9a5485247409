package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.api.TestServer.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@DisplayName("The API over HTTP")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiRequestsIT {
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String MERGE = "application/merge-patch+json";

    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String service(String name) {
        return """
                {"kind":"Service","apiVersion":"v1","metadata":{"name":"%s","labels":{"app":"%s"}},
                 "spec":{"selector":{"app":"web"},"ports":[{"name":"http","port":80,"targetPort":8080}]}}""".formatted(name, name);
    }

    @Test
    @DisplayName("creates, reads, lists, patches and deletes a Service")
    void lifeOfService() {
        Reply created = server.post(SERVICES + "?fieldManager=kubectl-create&fieldValidation=Strict", service("life"));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.at("/spec/clusterIP")).startsWith("127.96.");
        Reply read = server.get(SERVICES + "/life");
        assertThat(read.json()).isEqualTo(created.json());
        Reply listed = server.get(SERVICES + "?labelSelector=app%3Dlife&limit=500");
        assertThat(listed.at("/kind")).isEqualTo("ServiceList");
        assertThat(listed.json().at("/items")).hasSize(1);
        assertThat(listed.json().at("/items/0")).isEqualTo(created.json());
        Reply patched = server.patch(SERVICES + "/life", MERGE, "{\"metadata\":{\"labels\":{\"tier\":\"front\"}}}");
        assertThat(patched.status()).as(patched.text()).isEqualTo(200);
        assertThat(patched.at("/metadata/labels/tier")).isEqualTo("front");
        Reply deleted = server.delete(SERVICES + "/life", "{\"propagationPolicy\":\"Background\"}");
        assertThat(deleted.at("/kind")).isEqualTo("Status");
        assertThat(deleted.at("/status")).isEqualTo("Success");
        assertThat(deleted.at("/details/uid")).isEqualTo(created.at("/metadata/uid"));
        assertThat(server.get(SERVICES + "/life").status()).isEqualTo(404);
    }

    @Test
    @DisplayName("answers a missing object with the very bytes that Kubernetes sends")
    void notFound() {
        assertThat(server.get(SERVICES + "/web").text().trim()).isEqualTo("""
                        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
                        "message":"services \\"web\\" not found","reason":"NotFound",\
                        "details":{"name":"web","kind":"services"},"code":404}""");
    }

    @Test
    @DisplayName("answers a silent watch at once with its head, and ends it after its time")
    void silentWatch() {
        Reply ended = server.get("/api/v1/nodes?watch=true&timeoutSeconds=1");
        assertThat(ended.status()).isEqualTo(200);
        assertThat(ended.text()).isEmpty();
    }

    @Test
    @DisplayName("tells a watch that begins too far back that its version has expired")
    void expiredWatch() {
        Reply ended = server.get("/api/v1/services?watch=true&resourceVersion=100&timeoutSeconds=5");
        assertThat(ended.at("/type")).isEqualTo("ERROR");
        assertThat(ended.at("/object/code")).isEqualTo("410");
        assertThat(ended.at("/object/reason")).isEqualTo("Expired");
    }

    @Test
    @DisplayName("begins a watch-list with all objects and says when they are complete")
    void watchList() {
        Reply ended = server.get("/api/v1/namespaces?watch=true&timeoutSeconds=1&sendInitialEvents=true"
                + "&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan");
        assertThat(ended.text().lines().toList())
                .hasSizeGreaterThanOrEqualTo(3)
                .anyMatch(line -> line.startsWith("{\"type\":\"ADDED\"") && line.contains("kube-system"))
                .last()
                .asString()
                .contains("BOOKMARK")
                .contains("k8s.io/initial-events-end");
        assertThat(server.get("/api/v1/namespaces?watch=true&sendInitialEvents=true")
                        .status())
                .isEqualTo(422);
    }

    @Test
    @DisplayName("refuses what it does not serve in Kubernetes' words")
    void refusals() {
        assertThat(server.get("/nothing").text()).isEqualTo("404 page not found\n");
        assertThat(server.get("/api/v1/nonsense").at("/message"))
                .isEqualTo("the server could not find the requested resource");
        assertThat(server.get("/api/v1/services", "application/xml").status()).isEqualTo(406);
        assertThat(server.get("/api/v1/services", "application/vnd.kubernetes.protobuf")
                        .status())
                .isEqualTo(406);
        assertThat(server.patch(SERVICES + "/x", "text/plain", "{}").status()).isEqualTo(415);
        assertThat(server.post(SERVICES + "/x", "{}").status()).isEqualTo(405);
        assertThat(server.get(SERVICES + "?fieldSelector=spec.foo%3D1").status())
                .isEqualTo(400);
        assertThat(server.get(SERVICES + "?limit=x").status()).isEqualTo(400);
        assertThat(server.get(SERVICES + "?resourceVersion=x").status()).isEqualTo(400);
        assertThat(server.get("/openapi/v2", "application/yaml").status()).isEqualTo(406);
        assertThat(server.get("/openapi/v1").status()).isEqualTo(404);
        Reply large = server.post(SERVICES, "{\"a\":\"" + "x".repeat(3_200_000) + "\"}");
        assertThat(large.status()).isEqualTo(413);
        assertThat(large.at("/reason")).isEqualTo("RequestEntityTooLarge");
        assertThat(server.post("/api/v1/namespaces/default/configmaps", "{").at("/message"))
                .startsWith(
                        "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind;"
                                + " json parse error: ");
    }

    @Test
    @DisplayName("says whether it is ready, and why not")
    void health() {
        assertThat(server.get("/readyz").text()).isEqualTo("ok");
        assertThat(server.get("/livez?verbose").text()).contains("[+]ping ok");
        server.inMemory().ready(false);
        assertThat(server.get("/readyz").status()).isEqualTo(500);
        assertThat(server.get("/readyz?verbose").text()).contains("[-]registry failed: shard 3 is not running");
        server.inMemory().ready(true);
        assertThat(server.get("/api/v1/services?limit=1").status()).isEqualTo(200);
        assertThat(server.get("/metrics").text())
                .contains("weft_api_watches_open")
                .contains(
                        "apiserver_request_total{verb=\"LIST\",group=\"\",resource=\"services\",subresource=\"\",code=\"200\"}")
                .contains("apiserver_request_duration_seconds_bucket{verb=\"LIST\",group=\"\",resource=\"services\"")
                .contains("apiserver_current_inflight_requests{request_kind=\"readOnly\"} 0")
                .contains("apiserver_longrunning_requests{verb=\"WATCH\"}")
                .contains("apiserver_storage_objects{resource=\"namespaces\"} ")
                .contains("weft_federation_records_behind{cluster=\"west\"} 3")
                .contains("weft_federation_lag_seconds{cluster=\"west\"} 0.5")
                .contains("weft_federation_received_bytes_total{cluster=\"west\"} 100")
                .contains("weft_federation_sent_bytes_total{cluster=\"west\"} 200")
                .contains("weft_federation_rejected_total{cluster=\"west\",reason=\"forged\"} 7")
                .contains("weft_federation_convergence_seconds_bucket{le=\"0.002\"} 3")
                .contains("weft_federation_convergence_seconds_bucket{le=\"+Inf\"} 4")
                .contains("weft_federation_convergence_seconds_sum 0.025")
                .contains("weft_federation_convergence_seconds_count 4");
        assertThat(server.get("/version").at("/gitVersion")).startsWith("v1.32.0+weft-");
    }

    @Test
    @DisplayName("survives any mutation of bodies and queries without an internal error")
    void mutations() {
        long seed = 20261121L;
        Random random = new Random(seed);
        String valid = service("fuzz");
        List<String> types = List.of(
                "application/json",
                "application/yaml",
                "application/vnd.kubernetes.protobuf",
                "application/merge-patch+json",
                "application/strategic-merge-patch+json",
                "application/json-patch+json",
                "application/apply-patch+yaml");
        for (int round = 0; round < 400; round++) {
            byte[] body = valid.getBytes(StandardCharsets.UTF_8);
            for (int i = random.nextInt(8); i >= 0; i--) {
                body[random.nextInt(body.length)] = (byte) "{}[]:,\"0-xy\u0000&* ".charAt(random.nextInt(15));
            }
            String type = types.get(random.nextInt(types.size()));
            boolean patch = type.contains("patch");
            String query = random.nextBoolean()
                    ? "?fieldValidation=Strict&dryRun=All"
                    : "?limit=" + random.nextInt() + "&continue=a";
            String manager = type.startsWith("application/apply") ? "&fieldManager=fuzz" : "";
            Reply reply = server.send(server.request(SERVICES + (patch ? "/fuzz" : "") + query + manager)
                    .header("Content-Type", type)
                    .method(patch ? "PATCH" : "POST", BodyPublishers.ofByteArray(body)));
            assertThat(reply.status())
                    .as("seed %d, round %d, %s: %s", seed, round, type, reply.text())
                    .isNotEqualTo(500);
        }
    }
}
