package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.TestServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where an independent comparison with Kubernetes 1.32 found differences, over the real registry. */
@DisplayName("As Kubernetes")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExactAnswersIT {
    private static final String NS = "/api/v1/namespaces/default/";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final String STRATEGIC = "application/strategic-merge-patch+json";
    private static final String FUTURE = "9000000000000000000";

    private TestServer server;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = new TestServer(new RealBacking(directory, ""));
        server.post(
                NS + "configmaps", "{\"metadata\":{\"name\":\"cm\",\"labels\":{\"a\":\"b\"}},\"data\":{\"a\":\"1\"}}");
        server.post(DEPLOYMENTS, """
                {"metadata":{"name":"dep"},"spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"}},
                 "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Reply send(String method, String path, String type, String body) {
        return server.send(server.request(path)
                .header("Content-Type", type)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    @Test
    @DisplayName("it never empties a cluster of its namespaces, and does not offer to")
    void namespaces() {
        assertThat(server.delete("/api/v1/namespaces", "").status()).isEqualTo(405);
        assertThat(server.get("/api/v1/namespaces/default").status()).isEqualTo(200);
        for (JsonNode resource : server.get("/api/v1").json().path("resources")) {
            boolean namespaces = resource.path("name").asText().equals("namespaces");
            boolean configMaps = resource.path("name").asText().equals("configmaps");
            if (namespaces || configMaps) {
                assertThat(resource.path("verbs").toString().contains("deletecollection"))
                        .isEqualTo(configMaps);
            }
        }
    }

    @Test
    @DisplayName("it tells a list of a version to come by its cause, and lets a watch of one wait")
    void future() {
        Reply list = server.get(NS + "configmaps?resourceVersion=" + FUTURE);
        assertThat(list.status()).isEqualTo(504);
        assertThat(list.json().at("/details/causes").toString())
                .isEqualTo("[{\"reason\":\"ResourceVersionTooLarge\",\"message\":\"Too large resource version\"}]");
        assertThat(list.at("/details/retryAfterSeconds")).isEqualTo("1");
        Reply watch = server.get(NS + "configmaps?watch=true&timeoutSeconds=1&resourceVersion=" + FUTURE);
        assertThat(watch.status()).isEqualTo(200);
        assertThat(watch.text()).isEmpty();
    }

    @Test
    @DisplayName("it finds in patches what a strict reader would not take, and says each thing in a header of its own")
    void laxPatches() {
        String path = NS + "configmaps/lax";
        send("POST", NS + "configmaps", "application/json", "{\"metadata\":{\"name\":\"lax\"}}");
        String doubled = "{\"data\":{\"q\":\"1\",\"q\":\"2\"}}";
        for (String type : new String[] {"application/merge-patch+json", STRATEGIC}) {
            Reply strict = send("PATCH", path + "?fieldValidation=Strict", type, doubled);
            assertThat(strict.status()).isEqualTo(422);
            assertThat(strict.at("/message")).endsWith("strict decoding error: duplicate field \"data.q\"");
            Reply warned = send("PATCH", path + "?fieldValidation=Warn", type, doubled);
            assertThat(warned.status()).isEqualTo(200);
            assertThat(warned.header("Warning")).isEqualTo("299 - \"duplicate field \\\"data.q\\\"\"");
        }
        String operation = "[{\"op\":\"add\",\"path\":\"/data\",\"value\":{\"k\":\"1\"},\"foo\":\"bar\"}]";
        Reply strict = send("PATCH", path + "?fieldValidation=Strict", "application/json-patch+json", operation);
        assertThat(strict.status()).isEqualTo(422);
        assertThat(strict.at("/message")).endsWith("strict decoding error: unknown field \"[0].foo\"");
        Reply several = send(
                "POST",
                NS + "configmaps?dryRun=All&fieldValidation=Warn",
                "application/json",
                "{\"metadata\":{\"name\":\"lax2\"},\"x\":1,\"y\":1}");
        assertThat(several.response().headers().allValues("Warning"))
                .containsExactly("299 - \"unknown field \\\"x\\\"\"", "299 - \"unknown field \\\"y\\\"\"");
    }

    @Test
    @DisplayName("it finds fields that no Scale has, and deletes nothing for a body that is no DeleteOptions")
    void strangeBodies() {
        String scale = DEPLOYMENTS + "/dep/scale?fieldValidation=";
        String patch = "{\"spec\":{\"replicas\":1,\"zz\":1},\"foo\":1}";
        Reply strict = send("PATCH", scale + "Strict", "application/merge-patch+json", patch);
        assertThat(strict.status()).as(strict.text()).isEqualTo(422);
        assertThat(strict.at("/message"))
                .endsWith("strict decoding error: unknown field \"foo\", unknown field \"spec.zz\"");
        Reply warned = send("PATCH", scale + "Warn", "application/merge-patch+json", patch);
        assertThat(warned.status()).isEqualTo(200);
        assertThat(warned.response().headers().allValues("Warning")).hasSize(2);
        String put = "{\"metadata\":{\"name\":\"dep\"},\"spec\":{\"replicas\":1,\"zz\":1}}";
        assertThat(send("PUT", scale + "Strict", "application/json", put).status())
                .isEqualTo(400);
        assertThat(send("PUT", scale + "Ignore", "application/json", put).status())
                .isEqualTo(200);

        server.post(NS + "configmaps", "{\"metadata\":{\"name\":\"kept\"}}");
        assertThat(server.delete(NS + "configmaps/kept", "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\"}")
                        .status())
                .isEqualTo(400);
        assertThat(server.get(NS + "configmaps/kept").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "application/xml; foo", "application/xml", "text/plain"})
    @DisplayName("it takes no body of a type that it does not know, however that is written")
    void unknownTypes(String type) {
        Reply refused = send("POST", NS + "configmaps?dryRun=All", type, "{\"metadata\":{\"name\":\"typed\"}}");
        assertThat(refused.status()).isEqualTo(415);
        assertThat(refused.at("/reason")).isEqualTo("UnsupportedMediaType");
    }

    @Test
    @DisplayName("what holds a namespace can only be replaced, and discovery says so")
    void finalizeOnly() {
        String path = "/api/v1/namespaces/default/finalize";
        assertThat(server.get(path).status()).isEqualTo(405);
        assertThat(server.post(path, "{}").status()).isEqualTo(405);
        assertThat(server.delete(path, "").status()).isEqualTo(405);
        assertThat(send("PATCH", path, "application/merge-patch+json", "{}").status())
                .isEqualTo(405);
        assertThat(server.get("/api/v1/namespaces/default/configmaps/c/finalize")
                        .status())
                .isEqualTo(404);
        String there = server.get("/api/v1/namespaces/default").text();
        assertThat(send("PUT", path, "application/json", there).at("/spec/finalizers/0"))
                .isEqualTo("kubernetes");
        assertThat(server.get("/api/v1").json().path("resources")).anySatisfy(resource -> {
            assertThat(resource.path("name").asText()).isEqualTo("namespaces/finalize");
            assertThat(resource.path("kind").asText()).isEqualTo("Namespace");
            assertThat(resource.path("verbs").toString()).isEqualTo("[\"update\"]");
        });
    }

    @Test
    @DisplayName("it has no custom resource definitions, and says so to those who look for them")
    void noDefinitions() {
        String path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        Reply list = server.get(path);
        assertThat(list.at("/kind")).isEqualTo("CustomResourceDefinitionList");
        assertThat(list.json().at("/items")).isEmpty();
        assertThat(list.at("/metadata/resourceVersion")).isNotEmpty();
        assertThat(server.get(path + "/foos.example.com").status()).isEqualTo(404);
        assertThat(server.post(path, "{}").status()).isEqualTo(405);
        assertThat(server.get(path + "?watch=true&timeoutSeconds=1").text()).isEmpty();
    }

    @Test
    @DisplayName("it shows metadata as a list or as an object, as asked, and not the one for the other")
    void partial() {
        String one = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
        String many = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
        assertThat(server.get(NS + "configmaps", one).status()).isEqualTo(406);
        assertThat(server.get(NS + "configmaps", many).status()).isEqualTo(200);
        assertThat(server.get("/api/v1/namespaces/default", many).status()).isEqualTo(406);
        assertThat(server.get("/api/v1/namespaces/default", one).status()).isEqualTo(200);
    }

    @Test
    @DisplayName("it takes the last of repeated YAML keys, warns of them, or refuses them")
    void repeatedKeys() {
        String yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: twice\ndata:\n  a: \"1\"\n  a: \"2\"\n";
        String path = NS + "configmaps?dryRun=All&fieldValidation=";
        Reply ignored = send("POST", path + "Ignore", "application/yaml", yaml);
        assertThat(ignored.status()).as(ignored.text()).isEqualTo(201);
        assertThat(ignored.at("/data/a")).isEqualTo("2");
        assertThat(ignored.header("Warning")).isEmpty();
        Reply warned = send("POST", path + "Warn", "application/yaml", yaml);
        assertThat(warned.status()).isEqualTo(201);
        assertThat(warned.header("Warning")).contains("duplicate field \\\"data.a\\\"");
        Reply refused = send("POST", path + "Strict", "application/yaml", yaml);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.at("/message")).contains("strict decoding error: duplicate field \"data.a\"");
    }

    @Test
    @DisplayName("it answers in YAML where that is liked best, but for a watch")
    void yaml() {
        Reply object = server.get(NS + "configmaps/cm", "application/yaml");
        assertThat(object.header("Content-Type")).isEqualTo("application/yaml");
        assertThat(object.text()).startsWith("apiVersion: v1\ndata:\n  a: '1'\nkind: ConfigMap\n");
        assertThat(server.get(NS + "configmaps", "application/yaml").text()).contains("kind: ConfigMapList\n");
        Reply missing = server.get(NS + "configmaps/none", "application/yaml");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.text()).contains("reason: NotFound\n");
        assertThat(server.get(NS + "configmaps/cm", "application/json,application/yaml")
                        .header("Content-Type"))
                .isEqualTo("application/json");
        assertThat(server.get(NS + "configmaps?watch=true&timeoutSeconds=1", "application/yaml")
                        .status())
                .isEqualTo(406);
        assertThat(server.get(NS + "configmaps", "text/csv").at("/message"))
                .isEqualTo("only the following media types are accepted: application/json, application/yaml");
    }

    @ParameterizedTest(name = "{0} {1}")
    @DisplayName("it words what is wrong")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST | configmaps | {\"metadata\":{\"name\":\"a\\\"b\"}} | 422 | Invalid value: \"a\\\"b\": a lowercase",
                "POST | services | {\"metadata\":{\"name\":\"x\"},\"spec\":{\"clusterIP\":\"1.2.3.4\",\"clusterIPs\":[\"1.2.3.5\"],\"ports\":[{\"port\":1}]}} | 422 | Invalid value: []string{\"1.2.3.5\"}",
                "POST | secrets | {\"metadata\":{\"name\":\"x\"},\"data\":{\"a\":\"YWJj!\"}} | 400 | Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input byte 4",
                "POST | pods | {\"metadata\":{\"name\":\"x\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"ports\":[{\"containerPort\":0}]}]}} | 422 | spec.containers[0].ports[0].containerPort: Required value",
                "GET | configmaps?continue=bogus | | 400 | continue key is not valid",
                "GET | configmaps?timeoutSeconds=abc | | 400 | strconv.ParseInt: parsing \"abc\": invalid syntax",
                "DELETE | configmaps/cm?propagationPolicy=Bogus | | 422 | propagationPolicy: Unsupported value: \"Bogus\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"",
            })
    void words(String method, String path, String body, int status, String message) {
        Reply reply = send(method, NS + path, "application/json", body == null ? "" : body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.at("/message")).contains(message);
    }

    @Test
    @DisplayName("it words what is wrong with patches, scales, schedules and sizes")
    void moreWords() {
        assertThat(send(
                                "PATCH",
                                DEPLOYMENTS + "/dep/scale",
                                "application/merge-patch+json",
                                "{\"spec\":{\"replicas\":-1}}")
                        .at("/message"))
                .isEqualTo("Scale.autoscaling \"dep\" is invalid: spec.replicas: Invalid value: -1:"
                        + " must be greater than or equal to 0");
        assertThat(send("PATCH", DEPLOYMENTS + "/dep?fieldValidation=Strict", STRATEGIC, "{\"spec\":{\"nope\":1}}")
                        .at("/message"))
                .contains("patch: Invalid value: \"map[spec:map[nope:1]]\": strict decoding error: unknown field")
                .contains("spec.nope");
        Reply unknown = send(
                "PATCH", NS + "configmaps/cm", "application/json-patch+json", "[{\"op\":\"jump\",\"path\":\"/data\"}]");
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.at("/message")).isEqualTo("the server rejected our request due to an error in our request");
        assertThat(server.put(DEPLOYMENTS + "/dep", """
                        {"metadata":{"name":"dep"},"spec":{"selector":{"matchLabels":{"a":"c"}},
                         "template":{"metadata":{"labels":{"a":"c"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""").at("/message"))
                .contains("spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{\"a\":\"c\"},"
                        + " MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable");
        assertThat(server.post(
                                NS + "configmaps",
                                "{\"metadata\":{\"name\":\"big\"},\"data\":{\"a\":\"" + "x".repeat(1_100_000) + "\"}}")
                        .at("/message"))
                .startsWith("ConfigMap \"big\" is invalid: []: Too long: ");
        assertThat(server.post("/apis/batch/v1/namespaces/default/cronjobs", """
                        {"metadata":{"name":"x"},"spec":{"schedule":"bogus","jobTemplate":{"spec":{"template":{"spec":
                         {"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}}""")
                        .at("/message"))
                .contains("expected exactly 5 fields, found 1: [bogus]");
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("it says of no body by what it was read")
    @ValueSource(
            strings = {
                "application/json",
                "application/yaml",
                "application/json-patch+json",
                "application/merge-patch+json",
                STRATEGIC,
                "application/apply-patch+yaml"
            })
    void noParserShows(String type) {
        boolean patch = type.contains("patch");
        for (String body :
                new String[] {"{", "[".repeat(20_000), "{\"a\":".repeat(20_000), "{\"a\" 1}", "[1", "{} x", "\"\\x\""
                }) {
            Reply reply =
                    send(patch ? "PATCH" : "POST", NS + "configmaps" + (patch ? "/cm?fieldManager=x" : ""), type, body);
            assertThat(reply.status())
                    .as("%s: %s", body.substring(0, Math.min(9, body.length())), reply.text())
                    .isBetween(400, 499);
            assertThat(reply.text()).doesNotContain("Source:", "REDACTED", "StreamRead", "jackson", "com.", "org.");
        }
    }

    @Test
    @DisplayName("it prints for people what it refuses at the door, too")
    void pretty() {
        for (String path :
                new String[] {"/api/v1/nonsense", NS + "configmaps?limit=x", "/api/v1/namespaces/x/y/z/a/b"}) {
            Reply reply = server.send(
                    server.request(path).header("User-Agent", "curl/8.0").GET());
            assertThat(reply.text()).startsWith("{\n  \"kind\": \"Status\",\n");
        }
    }

    @Test
    @DisplayName("it answers checks of health by any method and one by one")
    void health() throws IOException {
        for (String method : new String[] {"HEAD", "OPTIONS", "GET"}) {
            assertThat(server.send(server.request("/healthz").method(method, BodyPublishers.noBody()))
                            .status())
                    .isEqualTo(200);
        }
        for (String path : new String[] {"/healthz/ping", "/livez/ping", "/readyz/ping", "/readyz/registry"}) {
            assertThat(server.get(path).text()).as(path).isEqualTo("ok");
        }
        assertThat(server.get("/readyz?verbose&exclude=registry").text()).contains("[+]registry excluded: ok");
        assertThat(server.get("/healthz/none").status()).isEqualTo(404);
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.server.address().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("GET /version HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains(" 200 OK\r\n")
                    .contains("gitVersion");
        }
    }

    @Test
    @DisplayName("it serves the old paths of watches, any limit below one, and says where it is")
    void oldForms() {
        Reply all = server.get("/api/v1/watch/namespaces/default/configmaps?timeoutSeconds=1");
        assertThat(all.text()).contains("\"type\":\"ADDED\"").contains("\"name\":\"cm\"");
        Reply one = server.get("/api/v1/watch/namespaces/kube-system?timeoutSeconds=1");
        assertThat(one.text().lines().toList()).hasSize(1);
        assertThat(one.text()).contains("\"name\":\"kube-system\"");
        assertThat(server.get("/apis/apps/v1/watch/deployments?timeoutSeconds=1")
                        .text())
                .contains("\"name\":\"dep\"");
        assertThat(server.get(NS + "configmaps?limit=-1").at("/kind")).isEqualTo("ConfigMapList");
        assertThat(server.get("/api").at("/serverAddressByClientCIDRs/0/serverAddress"))
                .isEqualTo("127.0.0.1:" + server.server.address().getPort());
        assertThat(server.get("/apis/networking.k8s.io/v1beta1/servicecidrs").at("/apiVersion"))
                .isEqualTo("networking.k8s.io/v1beta1");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/api/v1/namespaces/default/services | 'spec':{'ports':[{'port':80}]} | 201",
                "/apis/coordination.k8s.io/v1/namespaces/default/leases | 'spec':{'holderIdentity':'x'} | 201",
                "/apis/rbac.authorization.k8s.io/v1/clusterroles | 'rules':[] | 201",
                "/api/v1/namespaces/default/configmaps | 'data':{} | 404"
            })
    @DisplayName("it makes objects of some kinds by an update, unless that means a certain one")
    void createdByUpdate(String collection, String rest, int status) {
        String body = ("{'metadata':{'name':'by-put'%s}," + rest + "}").replace('\'', '"');
        String path = collection + "/by-put";
        assertThat(send("PUT", path, "application/json", body.formatted(",\"resourceVersion\":\"7\""))
                        .status())
                .isEqualTo(404);
        assertThat(send("PUT", path + "?dryRun=All", "application/json", body.formatted(""))
                        .status())
                .isEqualTo(status);
        Reply made = send("PUT", path, "application/json", body.formatted(""));
        assertThat(made.status()).isEqualTo(status);
        if (status == 201) {
            assertThat(made.at("/metadata/uid")).isNotEmpty();
            assertThat(send("PUT", path, "application/json", body.formatted("")).status())
                    .isEqualTo(200);
        }
    }

    @Test
    @DisplayName("it lets no update leave out the name of its object")
    void unnamed() {
        Reply unnamed = send("PUT", NS + "configmaps/cm", "application/json", "{\"metadata\":{}}");
        assertThat(unnamed.status()).isEqualTo(400);
        assertThat(unnamed.at("/message"))
                .isEqualTo("the name of the object (cm based on URL) was undeterminable: name must be provided");
    }

    @Test
    @DisplayName("it leaves out of metadata what has become empty")
    void emptied() {
        server.post(
                NS + "configmaps",
                "{\"metadata\":{\"name\":\"held\",\"labels\":{},\"finalizers\":[\"example.com/x\"]},\"data\":{}}");
        Reply freed = send(
                "PATCH", NS + "configmaps/held", "application/merge-patch+json", "{\"metadata\":{\"finalizers\":[]}}");
        assertThat(freed.status()).isEqualTo(200);
        assertThat(freed.json().at("/metadata").has("finalizers")).isFalse();
        assertThat(freed.json().at("/metadata").has("labels")).isFalse();
    }
}
