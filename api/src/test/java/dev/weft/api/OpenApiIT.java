package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.api.TestServer.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("OpenAPI, read by kubectl,")
class OpenApiIT {
    private static final String BINARY = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    @RegisterExtension
    static final KubectlServer SHARED = new KubectlServer();

    @TempDir
    private Path home = Path.of("");

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: by-v2}
            spec: {ports: [{name: http, port: 80}, {name: admin, port: 81}]}
            """;

    @ParameterizedTest
    @CsvSource({
        "'', application/json",
        "application/json, application/json",
        "'application/xml, */*', application/json",
        BINARY + ", application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
        "application/com.github.proto-openapi.spec.v2.v1.0+protobuf,"
                + " application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
        "'" + BINARY + ", application/json', application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
    })
    @DisplayName("is served in the form that is asked for, and only where it is not there yet")
    void forms(String accept, String type) {
        Reply first = get("/openapi/v2", accept);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("Content-Type")).isEqualTo(type);
        String tag = first.header("ETag");
        assertThat(conditional(accept, "If-None-Match", tag).status()).isEqualTo(304);
        assertThat(conditional(accept, "If-None-Match", "\"other\", W/" + tag).status())
                .isEqualTo(304);
        assertThat(conditional(accept, "If-None-Match", "\"other\"").status()).isEqualTo(200);
        assertThat(conditional(accept, "If-Modified-Since", first.header("Last-Modified"))
                        .status())
                .isEqualTo(304);
        assertThat(conditional(accept, "If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")
                        .status())
                .isEqualTo(200);
        assertThat(conditional(accept, "If-Modified-Since", "yesterday").status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("is refused in any other form")
    void refused() {
        Reply refused = get("/openapi/v2", "application/xml");
        assertThat(refused.status()).isEqualTo(406);
        assertThat(refused.at("/reason")).isEqualTo("NotAcceptable");
        assertThat(SHARED.server()
                        .send(SHARED.server().request("/openapi/v2").DELETE())
                        .status())
                .isEqualTo(405);
    }

    @Test
    @DisplayName("lets it explain and apply where there is only v2")
    void explainsAndApplies() {
        try (WithoutOpenApiV3 relay = new WithoutOpenApiV3(SHARED.server().url(), false)) {
            Kubectl kubectl = new Kubectl(home, relay.url());
            assertThat(kubectl.run("explain service.spec.ports"))
                    .contains("targetPort", "Where the endpoints listen", "One port of a service");
            assertThat(kubectl.run("explain endpointslice --recursive")).contains("forZones", "deprecatedTopology");
            assertThat(kubectl.pipe(SERVICE, "apply -f -")).isEqualTo("service/by-v2 created\n");
            assertThat(kubectl.pipe(SERVICE.replace("port: 81", "port: 82"), "apply -f -"))
                    .isEqualTo("service/by-v2 configured\n");
            assertThat(kubectl.run("get svc by-v2 -o jsonpath={.spec.ports[*].port}"))
                    .isEqualTo("80 82");
            assertThat(kubectl.pipeFails(SERVICE.replace("ports:", "prots:"), "apply -f -"))
                    .contains("unknown field \"spec.prots\"");
            assertThat(kubectl.run("delete svc by-v2")).contains("deleted");
            assertThat(relay.seen())
                    .anyMatch(seen ->
                            seen.path().equals("/openapi/v2") && seen.accept().contains(BINARY))
                    .anyMatch(seen -> seen.path().equals("/openapi/v3") && seen.status() == 404);
        }
    }

    @Test
    @DisplayName("lets it find unknown fields and wrong types itself where the server cannot, before anything is sent")
    void validatesItself() {
        try (WithoutOpenApiV3 relay = new WithoutOpenApiV3(SHARED.server().url(), true)) {
            Kubectl kubectl = new Kubectl(home, relay.url());
            String wrong = SERVICE.replace("ports:", "prots:");
            assertThat(kubectl.pipeFails(wrong, "apply -f -"))
                    .contains("error validating data", "unknown field \"prots\" in io.k8s.api.core.v1.ServiceSpec");
            assertThat(kubectl.pipeFails(SERVICE.replace("port: 80", "port: eighty"), "create -f -"))
                    .contains("invalid type for io.k8s.api.core.v1.ServicePort.port");
            assertThat(relay.seen()).noneMatch(seen -> seen.method().equals("POST"));
            assertThat(kubectl.pipe(SERVICE, "create -f -")).contains("created");
            assertThat(kubectl.run("delete svc by-v2")).contains("deleted");
        }
    }

    @Test
    @DisplayName("lets it explain every kind, with all that is below it and with what it is")
    void explainsEveryKind() {
        List<String> silent = new ArrayList<>();
        int explained = 0;
        for (String line : SHARED.kubectl().run("api-resources --no-headers").split("\n", -1)) {
            String[] words = line.strip().split(" +", -1);
            if (words.length < 4) {
                continue;
            }
            String kind = words[words.length - 1];
            String version = words[words.length - 3];
            String text = SHARED.kubectl().run("explain " + words[0] + " --recursive --api-version=" + version);
            assertThat(text).as(line).contains("KIND:", kind, "FIELDS:", "metadata");
            if (text.contains("<empty>") || text.contains("<no description>")) {
                silent.add(kind);
            }
            explained++;
        }
        assertThat(explained).isGreaterThan(35);
        assertThat(silent).isEmpty();
        assertThat(SHARED.kubectl().run("explain service.spec.internalTrafficPolicy"))
                .contains("inside of the cluster may use");
    }

    private static Reply get(String path, String accept) {
        return accept.isEmpty() ? SHARED.server().get(path) : SHARED.server().get(path, accept);
    }

    private static Reply conditional(String accept, String header, String value) {
        var request = SHARED.server().request("/openapi/v2").header(header, value);
        return SHARED.server().send((accept.isEmpty() ? request : request.header("Accept", accept)).GET());
    }
}
