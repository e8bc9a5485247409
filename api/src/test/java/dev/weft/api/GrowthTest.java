package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.sun.management.ThreadMXBean;
import dev.weft.api.body.MediaType;
import dev.weft.api.body.RequestBodies;
import dev.weft.api.body.RequestBodies.Expected;
import dev.weft.api.body.RequestBodies.ObjectBody;
import dev.weft.api.problem.RequestRefused;
import dev.weft.api.problem.StatusObject;
import dev.weft.api.representation.JsonText;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.Admission.Admitted;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.FieldSelector;
import dev.weft.registry.resource.Identity;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.LabelSelector;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.PortRange;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.StandardKinds;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.FieldValidation;
import dev.weft.registry.resource.Write.PatchBody;
import dev.weft.registry.resource.Write.PatchType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bodies that are made so that what is read of them is as much larger as it can be: what it costs to read, check and refuse or
 * take one is counted in bytes that the thread allocated, which is more than it ever held at a time.
 */
@DisplayName("A request's cost in memory")
class GrowthTest {
    /** The bound. */
    private static final int TIMES = 100;

    /** What any request may cost, however small: buffers and the like. */
    private static final long FREE_BYTES = 3L << 20;

    /** Of each body, about: large enough that what is free is not what counts. */
    private static final int SIZE = 300_000;

    private static final Write.Options OPTIONS = new Write.Options(false, "growth", FieldValidation.WARN);

    private final RequestBodies bodies = new RequestBodies();
    private final KindCatalog kinds = StandardKinds.catalog(new NetworkRanges(
            List.of(Cidr.of("127.96.0.0/16")), List.of(Cidr.of("127.112.0.0/16")), PortRange.KUBERNETES_NODE_PORTS));
    private final Admission admission = new Admission(kinds);
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @BeforeEach
    void warmUp() {
        for (ResourceKind kind : kinds.all()) {
            read(kind, MediaType.JSON, bytes("{\"metadata\":{\"name\":\"a\"}}"));
        }
        read(kind("services"), MediaType.YAML, bytes("metadata: {name: a}"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private ResourceKind kind(String plural) {
        return kinds.all().stream()
                .filter(kind -> kind.type().plural().equals(plural))
                .findFirst()
                .orElseThrow();
    }

    /** What an API server does with a body, up to storing it or to the text of its refusal. */
    private void read(ResourceKind kind, String type, byte[] body) {
        String version = kind.apiVersion(kind.versions().get(0));
        ObjectBody read = bodies.object(MediaType.parse(type), body, new Expected(version, kind.kind(), version));
        ResourceKey key = new ResourceKey(
                kind.type(),
                kind.namespaced() ? "default" : "",
                read.tree().at("/metadata/name").asText());
        finished(admission.create(
                new Write.Create(key, read.json(), OPTIONS), new Identity("u-1", Instant.EPOCH, new Random(1))));
    }

    private static void finished(Admitted admitted) {
        if (admitted instanceof Admitted.Refused refused) {
            JsonText.of(StatusObject.failure(refused.refusal()));
        } else if (admitted instanceof Admitted.Accepted accepted) {
            JsonBytes.of(accepted.object());
        }
    }

    private void costs(String what, long size, Runnable work) {
        long before = threads.getCurrentThreadAllocatedBytes();
        String outcome = "taken";
        try {
            work.run();
        } catch (RequestRefused refused) {
            Refusal refusal = refused.refusal();
            assertThat(refusal.reason().httpStatus()).as(what).isBetween(400, 499);
            JsonText.of(StatusObject.failure(refusal));
            outcome = refusal.reason().name();
        } catch (RuntimeException | StackOverflowError e) {
            fail(what, e);
        }
        long cost = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(cost)
                .as("bytes for the %d of %s, %s", size, what, outcome)
                .isLessThanOrEqualTo(FREE_BYTES + TIMES * size);
    }

    /** A list in an object, as long as it may be. */
    static Stream<Arguments> lists() {
        return Stream.of(
                        "services /spec/ports {}",
                        "services /spec/ports {\"port\":0}",
                        "services /spec/ports {\"port\":1}",
                        "services /spec/ports {\"port\":0,\"name\":\"a\",\"x\":\"yy\"}",
                        "services /metadata/finalizers \"!---------\"",
                        "services /spec/externalIPs \"----------\"",
                        "roles /rules {\"verbs\":[\"get\",\"list\"],\"x\":\"y\"}",
                        "services /spec/ports null",
                        "services /spec/externalIPs \"\"",
                        "services /spec/loadBalancerSourceRanges \"\"",
                        "services /spec/ipFamilies \"\"",
                        "services /spec/clusterIPs \"\"",
                        "services /metadata/ownerReferences {}",
                        "services /metadata/finalizers \"\"",
                        "services /metadata/finalizers 0",
                        "services /metadata/managedFields {}",
                        "services /unknown {}",
                        "services /spec/ports []",
                        "pods /spec/containers {}",
                        "pods /spec/containers {\"ports\":[{}]}",
                        "pods /spec/containers {\"env\":[{}]}",
                        "pods /spec/volumes {}",
                        "pods /spec/tolerations {}",
                        "pods /status/conditions {}",
                        "endpoints /subsets {}",
                        "endpoints /subsets {\"addresses\":[{}]}",
                        "endpoints /subsets {\"ports\":[{}]}",
                        "endpointslices /endpoints {}",
                        "endpointslices /endpoints {\"addresses\":[\"\"]}",
                        "endpointslices /ports {}",
                        "ingresses /spec/rules {}",
                        "ingresses /spec/rules {\"http\":{\"paths\":[{}]}}",
                        "ingresses /spec/tls {}",
                        "roles /rules {}",
                        "roles /rules {\"verbs\":[]}",
                        "rolebindings /subjects {}",
                        "deployments /spec/template/spec/containers {}",
                        "deployments /spec/selector/matchExpressions {}",
                        "serviceaccounts /secrets {}",
                        "events /x {}",
                        "nodes /spec/taints {}",
                        "servicecidrs /spec/cidrs \"\"",
                        "namespaces /spec/finalizers \"\"")
                .map(Arguments::of);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lists")
    @DisplayName("stays in proportion for lists of hardly anything")
    void longLists(String of) {
        String[] parts = of.split(" ", 3);
        ResourceKind kind = kind(parts[0]);
        String item = parts[2] + ",";
        String list = "[" + item.repeat(SIZE / item.length()) + parts[2] + "]";
        byte[] body = bytes(nested(parts[1], list));
        costs(of, body.length, () -> read(kind, MediaType.JSON, body));
    }

    private static String nested(String path, String value) {
        String json = value;
        String[] names = path.substring(1).split("/", -1);
        for (int i = names.length - 1; i >= 0; i--) {
            String name = i == 0 && !names[0].equals("metadata") ? "\"metadata\":{\"name\":\"a\"}," : "";
            json = "{" + name + "\"" + names[i] + "\":" + json + "}";
        }
        return json;
    }

    @Test
    @DisplayName("stays in proportion for names that are as long as what is in them")
    void longNames() {
        // Names of more than 50,000 characters are refused as such.
        String half = "x".repeat(40_000);
        for (String filling : List.of("{\"a\":\"0123456789\"}", "\"0123456789\"", "{\"a\":1,\"a\":\"0123456789\"}")) {
            String list = "[" + (filling + ",").repeat(SIZE / filling.length()) + filling + "]";
            byte[] body = bytes("{\"" + half + "\":" + list + ",\"metadata\":{\"name\":\"a\"}}");
            costs("a long name before " + filling, body.length, () -> read(kind("services"), MediaType.JSON, body));
        }
    }

    /** A map in an object, of as many entries as can be. */
    static Stream<Arguments> maps() {
        return Stream.of(
                        "services /metadata/labels",
                        "services /metadata/annotations",
                        "services /spec/selector",
                        "services /spec",
                        "services /unknown",
                        "configmaps /data",
                        "configmaps /binaryData",
                        "secrets /data",
                        "secrets /stringData",
                        "deployments /spec/selector/matchLabels",
                        "pods /spec/nodeSelector")
                .map(Arguments::of);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("maps")
    @DisplayName("stays in proportion for maps of hardly anything")
    void wideMaps(String of) {
        String[] parts = of.split(" ", 2);
        ResourceKind kind = kind(parts[0]);
        for (String value : new String[] {"\"\"", "0", "{}", "\"!\"", "\"!-----\"", "\"------\""}) {
            StringBuilder map = new StringBuilder("{");
            for (int i = 0; map.length() < SIZE; i++) {
                map.append('"')
                        .append(Integer.toString(i, 36))
                        .append("\":")
                        .append(value)
                        .append(',');
            }
            map.setCharAt(map.length() - 1, '}');
            byte[] body = bytes(nested(parts[1], map.toString()));
            costs(of + " " + value, body.length, () -> read(kind, MediaType.JSON, body));
        }
    }

    static Stream<Arguments> documents() {
        String scalar = "x".repeat(SIZE);
        return Stream.of(
                Arguments.of("a plain scalar", "a: " + scalar),
                Arguments.of("a document that is a scalar", scalar),
                Arguments.of("a scalar of many words", "a: " + "x ".repeat(SIZE / 2)),
                Arguments.of("a scalar of many lines", "a:\n" + " x\n".repeat(SIZE / 3)),
                Arguments.of("a scalar of empty lines", "a: x\n" + "\n".repeat(SIZE) + "  y"),
                Arguments.of("a quoted scalar", "a: \"" + scalar + "\""),
                Arguments.of("a quoted scalar of escapes", "a: \"" + "\\x00".repeat(SIZE / 4) + "\""),
                Arguments.of("a quoted scalar of lines", "a: \"" + "x\n".repeat(SIZE / 2) + "\""),
                Arguments.of("a literal of lines", "a: |\n" + " x\n".repeat(SIZE / 3)),
                Arguments.of("a folded scalar", "a: >\n" + " x\n\n".repeat(SIZE / 4)),
                Arguments.of("a list in flow", "a: [" + "x,".repeat(SIZE / 2) + "x]"),
                Arguments.of("a list of nothing in flow", "a: [" + "~,".repeat(SIZE / 2) + "~]"),
                Arguments.of("a list of maps in flow", "a: [" + "{},".repeat(SIZE / 3) + "{}]"),
                Arguments.of("a list in block", "a:\n" + "-\n".repeat(SIZE / 2)),
                Arguments.of("a list of lists in block", "a:\n" + "- -\n".repeat(SIZE / 4)),
                Arguments.of("a list of anchors", "a:\n" + "- &a\n".repeat(SIZE / 5)),
                Arguments.of("a list of aliases", "a: &a x\nb:\n" + "- *a\n".repeat(SIZE / 5)),
                Arguments.of("a list of numbers", "a: [" + "0,".repeat(SIZE / 2) + "0]"),
                Arguments.of("a list of truths", "a: [" + "on,".repeat(SIZE / 3) + "on]"),
                Arguments.of("a list of tags", "a: [" + "!!str x,".repeat(SIZE / 8) + "x]"),
                Arguments.of("a list of comments", "#\n".repeat(SIZE / 2) + "a: b"),
                Arguments.of("a map of no keys", "{" + ",".repeat(10) + "}"),
                Arguments.of("a map of keys", keys("%s:\n")),
                Arguments.of("a map of keys in flow", "{" + keys("%s,") + "}"),
                Arguments.of("a map of merges", "a: &a {b: c}\n" + "d:\n" + keys(" %s: {<<: *a}\n")),
                Arguments.of("a key that is long", scalar.substring(0, 1000) + ": x"),
                Arguments.of("a binary", "a: !!binary " + "A".repeat(SIZE)),
                Arguments.of("a set", "a: !!set {" + keys("%s,") + "}"),
                Arguments.of("a list of pairs", "a: !!pairs [" + "{a: b},".repeat(SIZE / 7) + "{a: b}]"),
                Arguments.of("an ordered map", "a: !!omap [" + keys("%s: b,") + "]"),
                Arguments.of("nothing but blanks", " ".repeat(SIZE)),
                Arguments.of("nothing but lines", "\n".repeat(SIZE)));
    }

    private static String keys(String format) {
        StringBuilder keys = new StringBuilder();
        for (int i = 0; keys.length() < SIZE; i++) {
            keys.append(format.formatted("k" + Integer.toString(i, 36)));
        }
        return keys.toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("documents")
    @DisplayName("stays in proportion for YAML")
    void yaml(String what, String document) {
        byte[] body = bytes(document);
        costs("YAML: " + what, body.length, () -> read(kind("configmaps"), MediaType.YAML, body));
        byte[] inside = bytes("metadata: {name: a}\ndata:\n  "
                + document.replace("\n", "\n  ").stripTrailing() + "\n");
        costs("YAML inside: " + what, inside.length, () -> read(kind("configmaps"), MediaType.YAML, inside));
    }

    static Stream<Arguments> messages() {
        return Stream.of(
                // field numbers: Service.spec = 2, ServiceSpec.ports = 1; ObjectMeta.labels = 11
                Arguments.of("empty ports", "Service", field(2, many(SIZE, field(1, new byte[0])))),
                Arguments.of("empty labels", "Service", field(1, many(SIZE, field(11, new byte[0])))),
                Arguments.of("empty owners", "Service", field(1, many(SIZE, field(13, new byte[0])))),
                Arguments.of("one field again and again", "Service", many(SIZE, field(2, new byte[0]))),
                Arguments.of("fields that nobody knows", "Service", many(SIZE, field(99, new byte[0]))),
                Arguments.of("numbers that nobody knows", "Service", many(SIZE, new byte[] {(byte) 0xf8, 6, 1})),
                Arguments.of(
                        "groups that nobody knows", "Service", many(SIZE, new byte[] {(byte) 0xfb, 6, (byte) 0xfc, 6})),
                Arguments.of("groups without end", "Service", many(SIZE, new byte[] {(byte) 0xfb, 6})),
                Arguments.of("empty containers", "Pod", field(2, many(SIZE, field(2, new byte[0])))),
                Arguments.of("empty variables", "Pod", field(2, field(2, many(SIZE, field(7, new byte[0]))))),
                Arguments.of("empty subsets", "Endpoints", many(SIZE, field(2, new byte[0]))),
                Arguments.of("empty addresses", "Endpoints", field(2, many(SIZE, field(1, new byte[0])))),
                Arguments.of("a length beyond the end", "Service", new byte[] {10, -1, -1, -1, -1, 7}),
                Arguments.of("empty data", "ConfigMap", many(SIZE, field(2, new byte[0]))));
    }

    private static byte[] field(int number, byte[] value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        try {
            coded.writeByteArray(number, value);
            coded.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] many(int bytes, byte[] item) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (out.size() < bytes) {
            out.writeBytes(item);
        }
        return out.toByteArray();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    @DisplayName("stays in proportion for protobuf")
    void protobuf(String what, String kind, byte[] raw) {
        ByteArrayOutputStream named = new ByteArrayOutputStream();
        named.writeBytes(field(1, bytes("v1")));
        named.writeBytes(field(2, bytes(kind)));
        byte[] body = ByteString.copyFromUtf8("k8s\0")
                .concat(ByteString.copyFrom(field(1, named.toByteArray())))
                .concat(ByteString.copyFrom(field(2, raw)))
                .toByteArray();
        ResourceKind read = kinds.all().stream()
                .filter(each -> each.kind().equals(kind))
                .findFirst()
                .orElseThrow();
        costs("protobuf: " + what, body.length, () -> read(read, MediaType.PROTOBUF, body));
    }

    @Test
    @DisplayName("stays in proportion for selectors, which are no longer than a URL")
    void selectors() {
        int size = 8 * 1024;
        for (String term :
                List.of("a,", "!a,", "a=,", "a in (b),", "a in (,,,,,,,,),", ",", "a>1,", "a in (", "é,", "=,")) {
            String text = term.repeat(size / term.length());
            costs("label selector " + term, size, () -> LabelSelector.parse(text));
        }
        for (String term : List.of("metadata.name=a,", "a=,", ",", "metadata.name!=,", "\\,", "=")) {
            String text = term.repeat(size / term.length());
            costs("field selector " + term, size, () -> FieldSelector.parse(kind("services"), text));
        }
    }

    private static final String SERVICE = """
            {"kind":"Service","apiVersion":"v1","metadata":{"name":"web","namespace":"default","annotations":{"a":"b"}},
             "spec":{"type":"ClusterIP","ports":[{"port":80,"protocol":"TCP","targetPort":80}]}}""";

    static Stream<Arguments> patches() {
        String ports = "{\"port\":1},".repeat(SIZE / 11);
        return Stream.of(
                Arguments.of(
                        "empty ports",
                        PatchType.MERGE_PATCH,
                        "{\"spec\":{\"ports\":[" + "{},".repeat(SIZE / 3) + "{}]}}"),
                Arguments.of("nulls", PatchType.MERGE_PATCH, "{\"spec\":{" + keys("\"%s\":null,") + "\"a\":null}}"),
                Arguments.of("empty objects", PatchType.MERGE_PATCH, "{\"spec\":{" + keys("\"%s\":{},") + "\"a\":{}}}"),
                Arguments.of(
                        "ports of one key",
                        PatchType.STRATEGIC_MERGE_PATCH,
                        "{\"spec\":{\"ports\":[" + ports + "{\"port\":2}]}}"),
                Arguments.of(
                        "ports of many keys",
                        PatchType.STRATEGIC_MERGE_PATCH,
                        "{\"spec\":{\"ports\":[" + keys("{\"port\":\"%s\"},") + "{\"port\":2}]}}"),
                Arguments.of(
                        "an order",
                        PatchType.STRATEGIC_MERGE_PATCH,
                        "{\"spec\":{\"$setElementOrder/ports\":[" + "{},".repeat(SIZE / 3) + "{}],\"ports\":[]}}"),
                Arguments.of(
                        "keys to retain",
                        PatchType.STRATEGIC_MERGE_PATCH,
                        "{\"spec\":{\"$retainKeys\":[" + keys("\"%s\",") + "\"\"]}}"),
                Arguments.of(
                        "primitives to delete",
                        PatchType.STRATEGIC_MERGE_PATCH,
                        "{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":[" + keys("\"%s\",") + "\"\"]}}"),
                Arguments.of(
                        "primitives to add",
                        PatchType.STRATEGIC_MERGE_PATCH,
                        "{\"metadata\":{\"finalizers\":[" + keys("\"%s\",") + "\"\"]}}"),
                Arguments.of(
                        "steps that add nothing",
                        PatchType.JSON_PATCH,
                        "[" + "{\"op\":\"add\",\"path\":\"/a\",\"value\":0},".repeat(9_000)
                                + "{\"op\":\"remove\",\"path\":\"/a\"}]"),
                Arguments.of(
                        "steps of long paths",
                        PatchType.JSON_PATCH,
                        "[{\"op\":\"add\",\"path\":\"" + "/".repeat(SIZE) + "\",\"value\":0}]"),
                Arguments.of(
                        "steps that test",
                        PatchType.JSON_PATCH,
                        "[" + "{\"op\":\"test\",\"path\":\"\",\"value\":0},".repeat(9_000)
                                + "{\"op\":\"remove\",\"path\":\"/a\"}]"),
                Arguments.of(
                        "steps that insert in front",
                        PatchType.JSON_PATCH,
                        "[" + "{\"op\":\"add\",\"path\":\"/spec/ports/0\",\"value\":{}},".repeat(6_000)
                                + "{\"op\":\"remove\",\"path\":\"/spec/ports/0\"}]"),
                Arguments.of(
                        "steps that copy and double",
                        PatchType.JSON_PATCH,
                        "[" + "{\"op\":\"copy\",\"from\":\"/spec/ports\",\"path\":\"/spec/ports/0\"},".repeat(5_000)
                                + "{\"op\":\"remove\",\"path\":\"/a\"}]"),
                Arguments.of(
                        "steps that copy little things",
                        PatchType.JSON_PATCH,
                        "[" + "{\"op\":\"copy\",\"from\":\"/spec/type\",\"path\":\"/x\"},".repeat(5_000)
                                + "{\"op\":\"remove\",\"path\":\"/x\"}]"),
                Arguments.of("more steps than may be", PatchType.JSON_PATCH, "[" + "{},".repeat(SIZE / 3) + "{}]"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("patches")
    @DisplayName("stays in proportion for patches")
    void patch(String what, PatchType type, String patch) {
        Resource object = new Resource(
                new ResourceKey(kind("services").type(), "default", "web"),
                "u-1",
                7,
                Map.of(),
                JsonBytes.ofUtf8(bytes(SERVICE)));
        byte[] body = bytes(patch);
        costs(type + ": " + what, body.length + SERVICE.length(), () -> {
            JsonNode tree = bodies.patch(type, body);
            finished(admission.patch(
                    object,
                    new Write.Patch(object.key(), "", type, new PatchBody(tree, false), OPTIONS),
                    Instant.EPOCH));
        });
    }
}
