package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.api.TestServer.Reply;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@DisplayName("A request to apply on the server")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApplyRequestsIT {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps/";
    private static final String APPLY = "application/apply-patch+yaml";

    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String map(String name, String rest) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}" + rest + "}";
    }

    private Reply apply(String name, String query, String body) {
        return server.patch(MAPS + name + "?fieldManager=me" + query, APPLY, body);
    }

    @Test
    @DisplayName("makes in JSON or YAML with 201, changes with 200, and leaves the version where nothing changes")
    void yaml() {
        Reply made = apply("yaml", "", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: \"1\"\n");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.at("/metadata/managedFields/0/manager")).isEqualTo("me");
        Reply flow = apply("yaml", "", "{apiVersion: v1, kind: ConfigMap, metadata: {name: yaml}, data: {a: '1'}}");
        assertThat(flow.status()).isEqualTo(200);
        assertThat(flow.json()).isEqualTo(made.json());
        Reply changed = apply("yaml", "", map("yaml", ",\"data\":{\"b\":\"2\"}"));
        assertThat(changed.json().path("data").toString()).isEqualTo("{\"b\":\"2\"}");
        assertThat(changed.at("/metadata/resourceVersion")).isNotEqualTo(made.at("/metadata/resourceVersion"));
        assertThat(apply("yaml", "", "a: [").at("/message")).startsWith("error decoding YAML: ");
    }

    @Test
    @DisplayName("must name its manager, only it may force, and only All may be a dry run")
    void parameters() {
        Reply nobody = server.patch(MAPS + "p", APPLY, map("p", ""));
        assertThat(nobody.status()).isEqualTo(422);
        assertThat(nobody.at("/message"))
                .isEqualTo("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for"
                        + " apply patch");
        assertThat(server.patch(MAPS + "p?force=true", "application/merge-patch+json", "{}")
                        .at("/message"))
                .contains("force: Forbidden: may not be specified for non-apply patch");
        assertThat(apply("p", "&dryRun=Some", map("p", "")).status()).isEqualTo(422);
        assertThat(apply("p", "&dryRun=All", map("p", "")).status()).isEqualTo(201);
        assertThat(server.get(MAPS + "p").status()).isEqualTo(404);
        assertThat(server.patch(MAPS + "p", "text/plain", "{}").at("/message")).contains(APPLY);
    }

    @Test
    @DisplayName("is a conflict in the words of kube-apiserver where others own what it says")
    void conflict() {
        apply("mine", "", map("mine", ",\"data\":{\"a\":\"1\"}"));
        Reply refused =
                server.patch(MAPS + "mine?fieldManager=you&force=false", APPLY, map("mine", ",\"data\":{\"a\":\"2\"}"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text().strip())
                .isEqualTo("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                        + "\"message\":\"Apply failed with 1 conflict: conflict with \\\"me\\\": .data.a\","
                        + "\"reason\":\"Conflict\",\"details\":{\"causes\":[{\"reason\":\"FieldManagerConflict\","
                        + "\"message\":\"conflict with \\\"me\\\"\",\"field\":\".data.a\"}]},\"code\":409}");
        Reply forced =
                server.patch(MAPS + "mine?fieldManager=you&force=true", APPLY, map("mine", ",\"data\":{\"a\":\"2\"}"));
        assertThat(forced.status()).isEqualTo(200);
        assertThat(forced.at("/metadata/managedFields/0/manager")).isEqualTo("you");
        assertThat(forced.json().at("/metadata/managedFields")).hasSize(1);
    }

    @Test
    @DisplayName("hears of unknown and doubled fields as it asks to")
    void validation() {
        String unknown = map("v", ",\"dat\":{}");
        String doubled = map("v", ",\"data\":{\"a\":\"1\",\"a\":\"2\"}");
        assertThat(apply("v", "&fieldValidation=Strict", unknown).at("/message"))
                .isEqualTo("failed to create typed patch object (default/v; /v1, Kind=ConfigMap): .dat: field not"
                        + " declared in schema");
        assertThat(apply("v", "&fieldValidation=Strict", doubled).at("/message"))
                .isEqualTo("error strict decoding YAML: duplicate field \"data.a\"");
        for (String lenient : new String[] {"Warn", "Ignore"}) {
            assertThat(apply("v", "&fieldValidation=" + lenient, unknown).at("/message"))
                    .as("what has no type cannot be owned")
                    .endsWith(".dat: field not declared in schema");
        }
        assertThat(apply("v", "&fieldValidation=Warn", doubled).header("Warning"))
                .isEqualTo("299 - \"duplicate field \\\"data.a\\\"\"");
        assertThat(apply("v", "&fieldValidation=Ignore", doubled).header("Warning"))
                .isEmpty();
        String yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: v\ndata:\n  a: '1'\n  a: '2'\n";
        Reply warned = apply("v", "&fieldValidation=Warn", yaml);
        assertThat(warned.header("Warning")).isEqualTo("299 - \"duplicate field \\\"data.a\\\"\"");
        assertThat(warned.at("/data/a")).isEqualTo("2");
        assertThat(apply("v", "&fieldValidation=Ignore", yaml).status()).isEqualTo(200);
        assertThat(apply("v", "&fieldValidation=Strict", yaml).at("/message"))
                .isEqualTo("error strict decoding YAML: duplicate field \"data.a\"");
    }

    @Test
    @DisplayName("names the version that it was made for, or the object, and fails over another one")
    void preconditions() {
        Reply made = apply("pre", "", map("pre", ""));
        String old = made.at("/metadata/resourceVersion");
        String named = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"pre\",\"%s\":\"%s\"}}";
        assertThat(apply("pre", "", named.formatted("resourceVersion", old)).status())
                .isEqualTo(200);
        apply("pre", "", map("pre", ",\"data\":{\"a\":\"1\"}"));
        assertThat(apply("pre", "", named.formatted("resourceVersion", old)).status())
                .isEqualTo(409);
        assertThat(apply("pre", "", named.formatted("uid", "another")).status()).isEqualTo(409);
        assertThat(apply("gone", "", named.formatted("uid", "another").replace("pre", "gone"))
                        .status())
                .isEqualTo(409);
        assertThat(apply("pre", "", map("other", "")).status()).isEqualTo(400);
        assertThat(server.patch("/api/v1/namespaces/nowhere/configmaps/a?fieldManager=me", APPLY, map("a", ""))
                        .status())
                .isEqualTo(404);
        assertThat(server.patch("/api/v1/namespaces/default/pods/none/status?fieldManager=me", APPLY, "{}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    @DisplayName("may come from the fabric8 client")
    void fabric8() {
        try (KubernetesClient client = ObservedConfigMaps.fabricClient(server.url())) {
            ConfigMap map = new ConfigMapBuilder()
                    .withNewMetadata()
                    .withName("fabric8")
                    .withNamespace("default")
                    .endMetadata()
                    .addToData("a", "1")
                    .build();

            ConfigMap made = client.resource(map).serverSideApply();
            assertThat(made.getMetadata().getManagedFields().get(0).getManager())
                    .isEqualTo("fabric8");
            ConfigMap other = new ConfigMapBuilder(map).addToData("a", "2").build();
            assertThatThrownBy(
                            () -> client.resource(other).fieldManager("other").serverSideApply())
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            e -> assertThat(e.getStatus()
                                            .getDetails()
                                            .getCauses()
                                            .get(0)
                                            .getField())
                                    .isEqualTo(".data.a"));
            ConfigMap forced = client.resource(other)
                    .fieldManager("other")
                    .forceConflicts()
                    .serverSideApply();
            assertThat(forced.getData()).containsEntry("a", "2");
        }
    }
}
