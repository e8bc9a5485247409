package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import dev.weft.api.body.MediaType;
import dev.weft.api.body.RequestBodies;
import dev.weft.api.body.RequestBodies.Expected;
import dev.weft.api.body.RequestBodies.ObjectBody;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.Identity;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.PortRange;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.StandardKinds;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.FieldValidation;
import dev.weft.registry.resource.Write.PatchBody;
import dev.weft.registry.resource.Write.PatchType;
import io.kubernetes.client.proto.IntStr.IntOrString;
import io.kubernetes.client.proto.Meta.ObjectMeta;
import io.kubernetes.client.proto.Runtime.TypeMeta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Bodies and patches that are wrong in a thousand ways: each is read or refused, and costs no more than a hundred times its
 * size. The number of cases comes from the system property {@code weft.fuzz.cases}.
 */
@DisplayName("Reading bodies and applying patches")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BodyFuzzTest {
    private static final int CASES = Integer.getInteger("weft.fuzz.cases", 4000);
    /** What any request may cost, however small; the readers' own buffers are most of it. */
    private static final long FREE_BYTES = 2L << 20;

    private static final Expected SERVICE = new Expected("v1", "Service", "v1");
    private static final ResourceType SERVICES = new ResourceType("", "services");
    private static final ResourceType PODS = new ResourceType("", "pods");
    private static final Write.Options OPTIONS = new Write.Options(false, "fuzz", FieldValidation.WARN);

    private static final String JSON = """
            {"kind":"Service","apiVersion":"v1","metadata":{"name":"web","namespace":"default","labels":{"a":"b"},
             "annotations":{"x":"y"},"finalizers":["a.example.com/f"],"ownerReferences":[{"apiVersion":"v1","kind":"Pod",
             "name":"p","uid":"u"}]},"spec":{"type":"NodePort","selector":{"app":"web"},"ports":[{"name":"http","port":80,
             "targetPort":"web","nodePort":30080,"protocol":"TCP"},{"name":"b","port":81,"targetPort":8081}],
             "sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10}}}}""";
    private static final String YAML = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, labels: &l {a: b}}
            spec:
              selector: *l
              ports:
              - {name: http, port: 80, targetPort: 0x50}
              - name: b
                port: 81
            """;
    private static final Map<PatchType, String> PATCHES = Map.of(
            PatchType.JSON_PATCH,
            """
            [{"op":"test","path":"/spec/type","value":"NodePort"},{"op":"add","path":"/spec/ports/-","value":{"name":"c","port":90}},
             {"op":"replace","path":"/spec/ports/0/port","value":8080},{"op":"remove","path":"/metadata/labels/a"},
             {"op":"move","from":"/metadata/annotations/x","path":"/metadata/annotations/z"},
             {"op":"copy","from":"/spec/ports/0","path":"/spec/ports/1"}]""",
            PatchType.MERGE_PATCH,
            """
            {"metadata":{"labels":{"a":null,"c":"d"}},"spec":{"type":"ClusterIP","ports":[{"port":1}]}}""",
            PatchType.STRATEGIC_MERGE_PATCH,
            """
            {"metadata":{"labels":{"a":null},"$deleteFromPrimitiveList/finalizers":["a.example.com/f"]},
             "spec":{"$setElementOrder/ports":[{"port":81},{"port":80}],"ports":[{"port":80,"$patch":"delete"},
             {"port":81,"targetPort":1}],"$retainKeys":["ports","type"],"type":"ClusterIP"}}""",
            PatchType.SERVER_SIDE_APPLY,
            JSON);

    /** What clients may say of owners. */
    private static final String OWNERS = """
            {"metadata":{"managedFields":[{"manager":"a","operation":"Apply","apiVersion":"v1","time":"2026-01-01T00:00:00Z",
             "fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:finalizers":{".":{},"v:\\"a.example.com/f\\"":{}}},"f:spec":
             {"f:ports":{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:port":{}}},"f:list":{"i:3":{}}}}},
             {"manager":"b","operation":"Update","subresource":"status"}]},"spec":{"sessionAffinity":"None"}}""";

    private final RequestBodies bodies = new RequestBodies();
    private final Admission admission = new Admission(kinds());
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static KindCatalog kinds() {
        return StandardKinds.catalog(new NetworkRanges(
                List.of(Cidr.of("127.96.0.0/16")),
                List.of(Cidr.of("127.112.0.0/16")),
                PortRange.KUBERNETES_NODE_PORTS));
    }

    private static byte[] protobuf() {
        V1.Service service = V1.Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName("web").putLabels("a", "b"))
                .setSpec(V1.ServiceSpec.newBuilder()
                        .putSelector("app", "web")
                        .addPorts(V1.ServicePort.newBuilder()
                                .setPort(80)
                                .setTargetPort(
                                        IntOrString.newBuilder().setType(1).setStrVal("web"))))
                .build();
        Unknown envelope = Unknown.newBuilder()
                .setTypeMeta(TypeMeta.newBuilder().setApiVersion("v1").setKind("Service"))
                .setRaw(service.toByteString())
                .build();
        return ByteString.copyFromUtf8("k8s\0").concat(envelope.toByteString()).toByteArray();
    }

    /** What is made once, such as the tables of all kinds, is not the cost of a request. */
    @BeforeEach
    void warmUp() {
        for (int i = 0; i < 3; i++) {
            bodies.object(MediaType.parse(MediaType.PROTOBUF), protobuf(), SERVICE);
            bodies.object(MediaType.parse(MediaType.YAML), bytes(YAML), SERVICE);
            ObjectBody read = bodies.object(MediaType.parse(MediaType.JSON), bytes(JSON), SERVICE);
            admission.create(
                    new Write.Create(new ResourceKey(SERVICES, "default", "web"), read.json(), OPTIONS), identity());
        }
    }

    private static Identity identity() {
        return new Identity("u-1", Instant.EPOCH, new Random(1));
    }

    /** One case: the body is read and applied, or refused, and costs what it may. */
    private void costs(String what, byte[] body, long present, Runnable work) {
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            work.run();
        } catch (RequestRefused refused) {
            assertThat(refused.refusal().reason().httpStatus()).as(what).isBetween(400, 499);
        } catch (RuntimeException | StackOverflowError e) {
            fail(what + ": " + new String(body, StandardCharsets.UTF_8), e);
        }
        long cost = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(cost)
                .as("bytes for %d of body and %d of object, %s: %s", body.length, present, what, start(body))
                .isLessThanOrEqualTo(FREE_BYTES + 100 * (body.length + present));
    }

    private static String start(byte[] body) {
        return new String(body, 0, Math.min(2000, body.length), StandardCharsets.UTF_8);
    }

    private void create(String type, byte[] body) {
        costs(type, body, 0, () -> {
            ObjectBody read = bodies.object(MediaType.parse(type), body, SERVICE);
            String name = read.tree().path("metadata").path("name").asText("");
            admission.create(
                    new Write.Create(new ResourceKey(SERVICES, "default", name), read.json(), OPTIONS), identity());
        });
    }

    private static Resource present(ResourceType kind, String present) {
        return new Resource(
                new ResourceKey(kind, "default", "web"),
                "u-1",
                7,
                Map.of(),
                JsonBytes.ofUtf8(present.getBytes(StandardCharsets.UTF_8)));
    }

    private Admission.Admitted decided(Resource object, PatchType type, String body) {
        JsonNode patch = bodies.patch(type, body.getBytes(StandardCharsets.UTF_8));
        return admission.patch(
                object, new Write.Patch(object.key(), "", type, new PatchBody(patch, false), OPTIONS), Instant.EPOCH);
    }

    private void patch(ResourceType kind, String present, PatchType type, byte[] body) {
        Resource object = present(kind, present);
        costs(type.name(), body, present.length(), () -> {
            JsonNode patch = bodies.patch(type, body);
            admission.patch(
                    object,
                    new Write.Patch(object.key(), "", type, new PatchBody(patch, false), OPTIONS),
                    Instant.EPOCH);
        });
    }

    @Test
    @DisplayName("withstands bodies that are spoilt at random")
    void spoiltBodies() {
        long seed = Long.getLong("weft.fuzz.seed", 20261121L);
        System.out.println("bodies are spoilt with seed " + seed);
        Mutation mutation = new Mutation(new Random(seed));
        byte[] protobuf = protobuf();
        create(MediaType.PROTOBUF, protobuf);
        for (int i = 0; i < CASES; i++) {
            create(MediaType.JSON, mutation.of(JSON.getBytes(StandardCharsets.UTF_8)));
            create(MediaType.YAML, mutation.of(YAML.getBytes(StandardCharsets.UTF_8)));
            create(MediaType.PROTOBUF, mutation.of(protobuf));
        }
    }

    @Test
    @DisplayName("withstands patches that are spoilt at random")
    void spoiltPatches() {
        long seed = Long.getLong("weft.fuzz.seed", 4711L);
        System.out.println("patches are spoilt with seed " + seed);
        Mutation mutation = new Mutation(new Random(seed));
        for (int i = 0; i < CASES; i++) {
            PATCHES.forEach(
                    (type, patch) -> patch(SERVICES, JSON, type, mutation.of(patch.getBytes(StandardCharsets.UTF_8))));
            patch(SERVICES, JSON, PatchType.MERGE_PATCH, mutation.of(OWNERS.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    @DisplayName("decides over configurations and owners of very many fields")
    void manyFields() {
        StringBuilder ports = new StringBuilder();
        StringBuilder fields = new StringBuilder();
        for (int i = 1; i < 20_000; i++) {
            ports.append("{\"port\":")
                    .append(i)
                    .append(",\"name\":\"port-of-many-")
                    .append(i)
                    .append("\"},");
            fields.append("\"k:{\\\"port\\\":").append(i).append("}\":{\"f:port\":{}},");
        }
        String configuration = "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"web\"},\"spec\":"
                + "{\"ports\":[" + ports + "{\"port\":80}]}}";
        String owners = "{\"metadata\":{\"managedFields\":[{\"manager\":\"a\",\"operation\":\"Apply\",\"fieldsV1\":{"
                + fields + "\"f:a\":{}}}]}}";
        String deep = "{\"metadata\":{\"managedFields\":[{\"manager\":\"a\",\"operation\":\"Apply\",\"fieldsV1\":"
                + "{\"f:a\":".repeat(150) + "{}" + "}".repeat(150) + "}]}}";
        Resource web = present(SERVICES, JSON);
        assertThat(decided(web, PatchType.SERVER_SIDE_APPLY, configuration))
                .isInstanceOf(Admission.Admitted.Refused.class);
        assertThat(decided(web, PatchType.MERGE_PATCH, owners)).isInstanceOf(Admission.Admitted.Accepted.class);
        assertThat(decided(web, PatchType.MERGE_PATCH, deep)).isInstanceOf(Admission.Admitted.Accepted.class);
    }

    @Test
    @DisplayName("withstands bodies that are made to grow")
    void bombs() {
        StringBuilder aliases = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 12; i++) {
            aliases.append("a")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" [")
                    .append(("*a" + (i - 1) + ",").repeat(9));
            aliases.setLength(aliases.length() - 1);
            aliases.append("]\n");
        }
        String scalar = "x".repeat(10_000);
        for (String yaml : List.of(
                aliases.toString(),
                "a: &a [*a]",
                "a: &a {b: *a}",
                "&a a: &b {<<: *b}",
                "a: &s " + scalar + "\nb: [" + "*s,".repeat(5000) + "*s]",
                "a: &m {" + "k: [1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8]" + "}\nb: [" + "*m,".repeat(5000) + "*m]",
                "[".repeat(100_000),
                "- ".repeat(50_000),
                "{a: ".repeat(50_000),
                "? ".repeat(50_000),
                "a: " + "9".repeat(10_000),
                "a: 1" + ":59".repeat(3_000),
                "a: !!binary " + "A".repeat(10_000),
                "%YAML 1.1\n".repeat(1000),
                "--- a\n".repeat(10_000))) {
            create(MediaType.YAML, yaml.getBytes(StandardCharsets.UTF_8));
        }
        for (String json : List.of(
                "[".repeat(1_000_000),
                "{\"a\":".repeat(200_000),
                "{\"metadata\":{\"name\":" + "9".repeat(1_000_000) + "}}",
                "{\"spec\":{\"ports\":[{\"port\":1e" + "9".repeat(500) + "}]}}",
                "{\"spec\":{\"ports\":[{\"port\":1e999999999}]}}",
                "{" + "\"a\":1,".repeat(200_000) + "\"b\":1}",
                "{\"spec\":{" + "\"a\":1,".repeat(200_000) + "\"b\":1}}")) {
            create(MediaType.JSON, json.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    @DisplayName("withstands patches that double, and lists that are merged element by element")
    void patchBombs() {
        StringBuilder doubling = new StringBuilder("[{\"op\":\"add\",\"path\":\"/metadata/annotations\",\"value\":{}}");
        for (int i = 0; i < 40; i++) {
            doubling.append(",{\"op\":\"copy\",\"from\":\"/metadata\",\"path\":\"/metadata/annotations/a")
                    .append(i)
                    .append("\"}");
        }
        patch(SERVICES, JSON, PatchType.JSON_PATCH, bytes(doubling.append(']').toString()));
        patch(
                SERVICES,
                JSON,
                PatchType.JSON_PATCH,
                bytes("[" + "{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a\"},".repeat(30)
                        + "{\"op\":\"remove\",\"path\":\"/a\"}]"));
        patch(
                SERVICES,
                JSON,
                PatchType.JSON_PATCH,
                bytes("[" + "{\"op\":\"add\",\"path\":\"/spec/ports/0\",\"value\":{}},".repeat(9_999)
                        + "{\"op\":\"test\",\"path\":\"/spec\",\"value\":1e999}]"));
        String pod =
                "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"web\"},\"spec\":{\"containers\":[{\"name\":\"c\","
                        + "\"env\":[" + "{\"name\":\"A\"},".repeat(60_000) + "{\"name\":\"B\"}]}]}}";
        String edits = "{\"spec\":{\"containers\":[{\"name\":\"c\",\"$setElementOrder/env\":["
                + "{\"name\":\"A\"},".repeat(60_000) + "{\"name\":\"B\"}],\"env\":["
                + "{\"name\":\"A\",\"$patch\":\"delete\"},".repeat(20_000) + "{\"name\":\"B\",\"value\":\"b\"}]}]}}";
        patch(PODS, pod, PatchType.STRATEGIC_MERGE_PATCH, bytes(edits));
        patch(SERVICES, JSON, PatchType.MERGE_PATCH, bytes("{\"a\":".repeat(150) + "1" + "}".repeat(150)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
