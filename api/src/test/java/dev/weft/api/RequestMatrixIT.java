package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.api.TestServer.Reply;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What kubectl 1.32 was seen to send to a real API server, line by line, over the real registry. */
@DisplayName("The requests of kubectl")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestMatrixIT {
    private static final String J = "application/json";
    private static final String PB_J = "application/vnd.kubernetes.protobuf,application/json";
    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,"
            + "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
    private static final String AGG = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
            + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
    private static final String PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
    private static final String PARTIAL_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    private static final String NS = "/api/v1/namespaces/default/";

    private TestServer server;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = new TestServer(new RealBacking(directory, ""));
        server.post(NS + "services", service("web", 80));
        server.post(NS + "configmaps", "{\"metadata\":{\"name\":\"cm\"},\"data\":{\"a\":\"1\"}}");
        server.post("/apis/apps/v1/namespaces/default/deployments", """
                {"metadata":{"name":"dep"},"spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"}},
                 "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String service(String name, int port) {
        return """
                {"kind":"Service","apiVersion":"v1","metadata":{"name":"%s","labels":{"app":"web"}},
                 "spec":{"selector":{"app":"web"},"ports":[{"name":"http","port":%d}]}}""".formatted(name, port);
    }

    private static String accept(String style) {
        return switch (style) {
            case "J" -> J;
            case "J*" -> "application/json, */*";
            case "PB" -> PB_J;
            case "TABLE" -> TABLE;
            case "AGG" -> AGG;
            case "PARTIAL" -> PARTIAL;
            case "PARTIALS" -> PARTIAL_LIST;
            default -> throw new IllegalArgumentException(style);
        };
    }

    @ParameterizedTest(name = "{0} {1}")
    @DisplayName("to read are answered in the right form")
    @CsvSource({
        "AGG, /api?timeout=32s, 200, APIGroupDiscoveryList",
        "AGG, /apis?timeout=32s, 200, APIGroupDiscoveryList",
        "J*, /api?timeout=32s, 200, APIVersions",
        "J*, /apis?timeout=32s, 200, APIGroupList",
        "J*, /api/v1?timeout=32s, 200, APIResourceList",
        "J*, /apis/discovery.k8s.io/v1?timeout=32s, 200, APIResourceList",
        "J*, /apis/no.such.group/v1?timeout=32s, 404, Status",
        "TABLE, /api/v1/namespaces/default/services?limit=500, 200, Table",
        "TABLE, /api/v1/namespaces/default/services/web, 200, Table",
        "TABLE, /api/v1/services?limit=500, 200, Table",
        "TABLE, /api/v1/namespaces/default/services?labelSelector=app%3Dweb&limit=500, 200, Table",
        "TABLE, /api/v1/namespaces/default/services?fieldSelector=metadata.name%3Dweb&limit=500, 200, Table",
        "TABLE, /api/v1/namespaces/default/services?includeObject=Object, 200, Table",
        "TABLE, /api/v1/namespaces/default/services/web/status, 200, Table",
        "TABLE, /api/v1/namespaces/default/services/none, 404, Status",
        "J, /api/v1/namespaces/default/services/web, 200, Service",
        "J, /api/v1/namespaces/default/services?limit=1, 200, ServiceList",
        "PB, /api/v1/namespaces/default/services/web, 200, Service",
        "PB, /apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dweb, 200, EndpointSliceList",
        "PB, '/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dweb,involvedObject.namespace%3Ddefault,involvedObject.kind%3DService,involvedObject.uid%3Dx&limit=500', 200, EventList",
        "PB, /api/v1/namespaces/default/events?limit=500, 200, EventList",
        "J*, /api/v1/namespaces/kube-system/services?labelSelector=kubernetes.io%2Fcluster-service%3Dtrue, 200, ServiceList",
        "J, /apis/apps/v1/namespaces/default/deployments?fieldSelector=metadata.name%3Ddep&limit=500&resourceVersion=0, 200, DeploymentList",
        "PB, /apis/apps/v1/namespaces/default/replicasets?labelSelector=a%3Db, 200, ReplicaSetList",
        "J, /apis/apps/v1/namespaces/default/deployments/dep/scale, 200, Scale",
        "PARTIAL, /api/v1/namespaces/default/services/web, 200, PartialObjectMetadata",
        "PARTIALS, /api/v1/namespaces/default/services, 200, PartialObjectMetadataList",
        "J, /apis/multicluster.x-k8s.io/v1alpha1/namespaces/default/serviceexports, 200, ServiceExportList",
    })
    void reads(String style, String path, int status, String kind) {
        Reply reply = server.get(path, accept(style));
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.at("/kind")).isEqualTo(kind);
        assertThat(reply.header("Content-Type")).startsWith(J);
    }

    @Test
    @DisplayName("for tables carry columns, cells and metadata; whole objects where asked for")
    void tables() {
        Reply table = server.get(NS + "services/web", TABLE);
        assertThat(table.json().at("/columnDefinitions").findValuesAsText("name"))
                .containsExactly("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "Selector");
        assertThat(table.at("/rows/0/cells/4")).isEqualTo("80/TCP");
        assertThat(table.at("/rows/0/object/kind")).isEqualTo("PartialObjectMetadata");
        assertThat(server.get(NS + "services?includeObject=Object", TABLE).at("/rows/0/object/kind"))
                .isEqualTo("Service");
    }

    @Test
    @DisplayName("to watch as table carry the columns once")
    void tableWatch() {
        String version = server.get(NS + "services").at("/metadata/resourceVersion");
        server.post(NS + "services", service("tw1", 1));
        server.post(NS + "services", service("tw2", 1));
        Reply watched = server.get(NS + "services?resourceVersion=" + version + "&watch=true&timeoutSeconds=1", TABLE);
        assertThat(watched.text().lines().toList())
                .hasSize(2)
                .first()
                .asString()
                .contains("\"columnDefinitions\":[{");
        assertThat(watched.text().lines().toList().get(1)).contains("\"columnDefinitions\":null");
    }

    @ParameterizedTest(name = "{0} {1}")
    @DisplayName("that fail are told in Kubernetes' own words")
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | services/none | | 404 | services \"none\" not found | NotFound",
                "POST | services | {\"metadata\":{\"name\":\"web\"},\"spec\":{\"ports\":[{\"port\":1}]}} | 409 | services \"web\" already exists | AlreadyExists",
                "PUT | configmaps/cm | {\"metadata\":{\"name\":\"cm\",\"resourceVersion\":\"1\"}} | 409 | Operation cannot be fulfilled on configmaps \"cm\": the object has been modified; please apply your changes to the latest version and try again | Conflict",
                "GET | configmaps?fieldSelector=spec.foo%3D1 | | 400 | \"spec.foo\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\" | BadRequest",
                "DELETE | services/none | {\"propagationPolicy\":\"Background\"} | 404 | services \"none\" not found | NotFound",
                "PUT | services | {} | 405 | the server does not allow this method on the requested resource | MethodNotAllowed",
            })
    void errors(String method, String path, String body, int status, String message, String reason) {
        HttpRequest.Builder request = server.request(NS + path)
                .header("Content-Type", J)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        Reply reply = server.send(request);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.at("/message")).isEqualTo(message);
        assertThat(reply.at("/reason")).isEqualTo(reason);
        assertThat(reply.at("/code")).isEqualTo(Integer.toString(status));
        assertThat(reply.at("/kind")).isEqualTo("Status");
    }

    @Test
    @DisplayName("for an invalid object name its kind and every field")
    void invalid() {
        Reply reply = server.post(NS + "services", """
                {"metadata":{"name":"Bad_Name"},"spec":{"ports":[{"port":0}]}}""");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.at("/message")).startsWith("Service \"Bad_Name\" is invalid: [");
        assertThat(reply.at("/details/kind")).isEqualTo("Service");
        assertThat(reply.json().at("/details/causes").findValuesAsText("field"))
                .contains("metadata.name", "spec.ports[0].port");
    }

    @Test
    @DisplayName("with another media type: YAML is read, others are refused, what cannot be made is not acceptable")
    void mediaTypes() {
        Reply yaml = server.send(server.request(NS + "configmaps")
                .header("Content-Type", "application/yaml")
                .POST(BodyPublishers.ofString(
                        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\ndata: {a: \"1\"}\n")));
        assertThat(yaml.status()).as(yaml.text()).isEqualTo(201);
        assertThat(yaml.at("/data/a")).isEqualTo("1");
        Reply text = server.send(server.request(NS + "configmaps")
                .header("Content-Type", "text/html")
                .POST(BodyPublishers.ofString("x")));
        assertThat(text.status()).isEqualTo(415);
        assertThat(text.at("/reason")).isEqualTo("UnsupportedMediaType");
        assertThat(server.get(NS + "configmaps", "text/html").status()).isEqualTo(406);
    }

    @Test
    @DisplayName("with fields that the kind does not have are warned, refused, or let be")
    void fieldValidation() {
        String body = "{\"metadata\":{\"name\":\"w\"},\"dta\":{}}";
        Reply warned = server.post(NS + "configmaps?dryRun=All&fieldValidation=Warn", body);
        assertThat(warned.status()).isEqualTo(201);
        assertThat(warned.header("Warning")).isEqualTo("299 - \"unknown field \\\"dta\\\"\"");
        assertThat(server.post(NS + "configmaps?dryRun=All&fieldValidation=Strict", body)
                        .status())
                .isEqualTo(400);
        Reply ignored = server.post(NS + "configmaps?dryRun=All&fieldValidation=Ignore", body);
        assertThat(ignored.status()).isEqualTo(201);
        assertThat(ignored.header("Warning")).isEmpty();
        assertThat(server.get(NS + "configmaps/w").status()).isEqualTo(404);
    }

    @Test
    @DisplayName("to scale come as a patch, and as an update without a content type")
    void scale() {
        String scale = "/apis/apps/v1/namespaces/default/deployments/dep/scale";
        assertThat(server.patch(scale, "application/merge-patch+json", "{\"spec\":{\"replicas\":3}}")
                        .at("/spec/replicas"))
                .isEqualTo("3");
        Reply present = server.get(scale);
        Reply updated = server.send(server.request(scale)
                .PUT(BodyPublishers.ofString(present.text().replace("\"replicas\":3", "\"replicas\":5"))));
        assertThat(updated.status()).as(updated.text()).isEqualTo(200);
        assertThat(server.get("/apis/apps/v1/namespaces/default/deployments/dep")
                        .at("/spec/replicas"))
                .isEqualTo("5");
    }

    @Test
    @DisplayName("to delete a collection take those that match, and answer with them")
    void deleteCollection() {
        for (String name : new String[] {"d1", "d2", "d3"}) {
            server.post(
                    NS + "configmaps",
                    "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"del\":\""
                            + (name.equals("d3") ? "no" : "yes") + "\"}}}");
        }
        Reply refused =
                server.delete(NS + "configmaps?labelSelector=del%3Dyes", "{\"preconditions\":{\"uid\":\"another\"}}");
        assertThat(refused.status()).as(refused.text()).isEqualTo(409);
        assertThat(server.get(NS + "configmaps/d1").status()).isEqualTo(200);
        Reply deleted = server.delete(NS + "configmaps?labelSelector=del%3Dyes", "");
        assertThat(deleted.status()).as(deleted.text()).isEqualTo(200);
        assertThat(deleted.json().at("/items")).hasSize(2);
        assertThat(server.get(NS + "configmaps/d1").status()).isEqualTo(404);
        assertThat(server.get(NS + "configmaps/d3").status()).isEqualTo(200);
    }
}
