package dev.weft.api.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.weft.api.mesh.MeshKinds;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.PortRange;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Schema;
import dev.weft.registry.resource.SchemaType;
import dev.weft.registry.resource.StandardKinds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("OpenAPI")
class OpenApiTest {
    private static final Set<String> OURS = Set.of(
            "Service",
            "EndpointSlice",
            "Endpoints",
            "ServiceExport",
            "ServiceImport",
            "Cluster",
            "FederatedService",
            "Node",
            "Lease",
            "Ingress",
            "Invitation",
            "Join",
            "Departure",
            "InvitationReview",
            "Revocation");

    private final List<ResourceKind> kinds = kinds();
    private final List<ServedResource> reviews = List.of(
            ServedResource.review("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview"),
            ServedResource.review("authentication.k8s.io", "v1", "tokenreviews", "TokenReview"),
            ServedResource.reviewInNamespace(
                    "authorization.k8s.io", "v1", "localsubjectaccessreviews", "LocalSubjectAccessReview"),
            ServedResource.review("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
            ServedResource.review("authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
            ServedResource.review("authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview"),
            ServedResource.review("mesh.weft.dev", "v1alpha1", "invitations", "Invitation"),
            ServedResource.review("mesh.weft.dev", "v1alpha1", "invitationreviews", "InvitationReview"),
            ServedResource.review("mesh.weft.dev", "v1alpha1", "revocations", "Revocation"),
            ServedResource.review("mesh.weft.dev", "v1alpha1", "joins", "Join"),
            ServedResource.review("mesh.weft.dev", "v1alpha1", "departures", "Departure"));
    private final List<ResourceKind> all = Stream.concat(
                    kinds.stream(), reviews.stream().map(ReviewModels::kind))
            .toList();
    private final OpenApiDocuments documents = new OpenApiDocuments(kinds, reviews, "v1.32.0");
    private final JsonNode swagger = json(documents.swagger().json().utf8String());

    private static List<ResourceKind> kinds() {
        List<ResourceKind> kinds = new ArrayList<>(StandardKinds.catalog(new NetworkRanges(
                        List.of(Cidr.of("127.96.0.0/16")),
                        List.of(Cidr.of("127.112.0.0/16")),
                        PortRange.KUBERNETES_NODE_PORTS))
                .served());
        kinds.addAll(AbsentKinds.ALL);
        kinds.add(MeshKinds.CLUSTERS);
        kinds.add(MeshKinds.FEDERATED_SERVICES);
        return kinds;
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Every structure that the types lead to, by its name in the documents. */
    private static void collect(SchemaType type, Map<String, SchemaType.Structure> found) {
        if (type instanceof SchemaType.ListOf list) {
            collect(list.element(), found);
        } else if (type instanceof SchemaType.MapOf map) {
            collect(map.value(), found);
        } else if (type instanceof SchemaType.Structure structure
                && found.put(OpenApiDocument.name(structure), structure) == null) {
            structure.fields().values().forEach(field -> collect(field, found));
        }
    }

    @Test
    @DisplayName("tells of every kind what it is, and of each of its fields at the top")
    void describesEveryKind() {
        TreeSet<String> silent = new TreeSet<>();
        for (ResourceKind kind : all) {
            String name = OpenApiDocument.name(Schema.of(kind).root());
            JsonNode definition = swagger.path("definitions").path(name);
            if (definition.path("description").asText().isBlank()) {
                silent.add(name);
            }
            definition.path("properties").properties().forEach(field -> {
                if (field.getValue().path("description").asText().isBlank()) {
                    silent.add(name + "." + field.getKey());
                }
            });
        }
        assertThat(silent)
                .as("kinds and fields to be told of in descriptions.yaml")
                .isEmpty();
    }

    @Test
    @DisplayName("tells of the kinds that Weft is about what every field means, however deep")
    void describesOurKinds() {
        Map<String, SchemaType.Structure> structures = new LinkedHashMap<>();
        all.stream()
                .filter(kind -> OURS.contains(kind.kind()))
                .forEach(kind -> collect(Schema.of(kind).root(), structures));
        assertThat(structures).hasSizeGreaterThan(60);
        TreeSet<String> silent = new TreeSet<>();
        structures.forEach((name, structure) -> {
            JsonNode definition = swagger.path("definitions").path(name);
            if (definition.path("description").asText().isBlank()) {
                silent.add(name);
            }
            structure.fields().keySet().stream()
                    .filter(field -> definition
                            .path("properties")
                            .path(field)
                            .path("description")
                            .asText()
                            .isBlank())
                    .forEach(field -> silent.add(name + "." + field));
        });
        assertThat(silent).as("fields to be told of in descriptions.yaml").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "core.v1.PodSpec",
                "core.v1.PodStatus",
                "core.v1.Container",
                "core.v1.ContainerStatus",
                "core.v1.Probe",
                "apps.DeploymentSpec",
                "apps.DeploymentStatus",
                "apps.ReplicaSetSpec",
                "apps.StatefulSetSpec",
                "apps.DaemonSetSpec",
                "batch.v1.JobSpec",
                "batch.v1.JobStatus",
                "batch.v1.CronJobSpec"
            })
    @DisplayName("tells of what runs what each of its fields means")
    void describesWhatRuns(String structure) {
        JsonNode definition = swagger.path("definitions").path("io.k8s.api." + structure);
        assertThat(definition.path("properties")).isNotEmpty();
        definition
                .path("properties")
                .properties()
                .forEach(
                        field -> assertThat(field.getValue().path("description").asText())
                                .as(field.getKey())
                                .isNotBlank());
    }

    @Test
    @DisplayName("tells of nothing that there is not")
    void describesNothingElse() {
        Map<String, SchemaType.Structure> structures = new HashMap<>();
        all.forEach(kind -> collect(Schema.of(kind).root(), structures));
        TreeSet<String> unknown = new TreeSet<>();
        Descriptions.load().all().forEach((name, fields) -> {
            SchemaType.Structure structure = structures.getOrDefault("io.k8s.api." + name, structures.get(name));
            if (structure == null) {
                if (!name.equals("*")) {
                    unknown.add(name);
                }
                return;
            }
            fields.keySet().stream()
                    .filter(field -> !field.equals("_") && !structure.fields().containsKey(field))
                    .forEach(field -> unknown.add(name + "." + field));
        });
        assertThat(unknown).isEmpty();
    }

    @Test
    @DisplayName("has the same structures and fields in v2 as in v3, and every reference leads somewhere")
    void sameInBoth() {
        Set<String> names = new HashSet<>();
        for (ResourceKind kind : all) {
            for (String version : kind.versions()) {
                JsonNode document = documents.document(
                        (kind.type().group().isEmpty() ? "api/" : "apis/") + kind.apiVersion(version));
                assertThat(document).as(kind.kind()).isNotNull();
                document.at("/components/schemas").properties().forEach(entry -> {
                    names.add(entry.getKey());
                    assertThat(fieldNames(swagger.path("definitions").path(entry.getKey())))
                            .isEqualTo(fieldNames(entry.getValue()));
                });
                assertThat(kindsOf(OpenApiDocument.name(Schema.of(kind).root())))
                        .contains(kind.type().group() + "/" + version + "/" + kind.kind());
            }
        }
        assertThat(fieldNames(swagger.path("definitions"), "")).isEqualTo(names);
        swagger.findValuesAsText("$ref")
                .forEach(reference -> assertThat(
                                swagger.at(reference.substring(1)).isObject())
                        .as(reference)
                        .isTrue());
        assertThat(swagger.findValues("allOf")).isEmpty();
        assertThat(swagger.findValues("oneOf")).isEmpty();
    }

    private Set<String> kindsOf(String definition) {
        Set<String> kinds = new HashSet<>();
        swagger.path("definitions")
                .path(definition)
                .path("x-kubernetes-group-version-kind")
                .forEach(each -> assertThat(kinds.add(each.path("group").asText() + "/"
                                + each.path("version").asText() + "/"
                                + each.path("kind").asText()))
                        .isTrue());
        return kinds;
    }

    private static Set<String> fieldNames(JsonNode schema) {
        return fieldNames(schema, "properties");
    }

    private static Set<String> fieldNames(JsonNode node, String in) {
        Set<String> names = new HashSet<>();
        (in.isEmpty() ? node : node.path(in)).fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    @DisplayName("tells how lists are merged, in v2 too")
    void lists() {
        JsonNode ports = swagger.at("/definitions/io.k8s.api.core.v1.ServiceSpec/properties/ports");
        assertThat(ports.path("x-kubernetes-patch-merge-key").asText()).isEqualTo("port");
        assertThat(ports.path("x-kubernetes-patch-strategy").asText()).isEqualTo("merge");
        assertThat(ports.path("x-kubernetes-list-type").asText()).isEqualTo("map");
        assertThat(ports.path("x-kubernetes-list-map-keys").toString()).isEqualTo("[\"port\",\"protocol\"]");
        assertThat(swagger.at("/definitions/io.k8s.api.core.v1.ServiceSpec/properties/clusterIPs")
                        .path("x-kubernetes-list-type")
                        .asText())
                .isEqualTo("atomic");
        JsonNode patch = swagger.path("paths")
                .path("/api/v1/namespaces/{namespace}/services/{name}")
                .path("patch");
        assertThat(patch.at("/x-kubernetes-group-version-kind/kind").asText()).isEqualTo("Service");
        assertThat(patch.path("parameters").findValuesAsText("name")).contains("fieldValidation");
    }

    @Test
    @DisplayName("names the strategic merge patch where it is taken, and not for custom kinds: kubectl patches by it")
    void patches() {
        String service = "/api/v1/namespaces/{namespace}/services/{name}";
        String export = "/apis/multicluster.x-k8s.io/v1beta1/namespaces/{namespace}/serviceexports/{name}";
        assertThat(swagger.path("paths").path(service).at("/patch/consumes"))
                .extracting(JsonNode::asText)
                .contains("application/merge-patch+json", "application/strategic-merge-patch+json");
        assertThat(swagger.path("paths").path(export).at("/patch/consumes"))
                .extracting(JsonNode::asText)
                .contains("application/merge-patch+json")
                .doesNotContain("application/strategic-merge-patch+json");
        assertThat(Objects.requireNonNull(documents.document("apis/multicluster.x-k8s.io/v1beta1"))
                        .path("paths")
                        .path(export)
                        .at("/patch/requestBody/content")
                        .has("application/strategic-merge-patch+json"))
                .isFalse();
    }

    @Test
    @DisplayName("says the same in the binary form")
    void binary() throws Exception {
        UnknownFieldSet document =
                message(ByteString.copyFrom(documents.swagger().protobuf().toArray()));
        assertThat(text(document, 1)).isEqualTo("2.0");
        Map<String, UnknownFieldSet> definitions = named(document, 9, 1);
        assertThat(definitions.keySet()).isEqualTo(fieldNames(swagger.path("definitions"), ""));
        assertThat(named(document, 8, 2).keySet()).isEqualTo(fieldNames(swagger.path("paths"), ""));
        for (Map.Entry<String, UnknownFieldSet> definition : definitions.entrySet()) {
            JsonNode expected = swagger.path("definitions").path(definition.getKey());
            assertThat(text(definition.getValue(), 4))
                    .isEqualTo(expected.path("description").asText());
            Map<String, UnknownFieldSet> properties = named(definition.getValue(), 25, 1);
            assertThat(properties.keySet()).isEqualTo(fieldNames(expected));
            for (Map.Entry<String, UnknownFieldSet> property : properties.entrySet()) {
                JsonNode told = expected.path("properties").path(property.getKey());
                assertThat(text(property.getValue(), 1))
                        .isEqualTo(told.path("$ref").asText());
                Map<String, UnknownFieldSet> extensions = pairs(property.getValue(), 31);
                for (Map.Entry<String, UnknownFieldSet> extension : extensions.entrySet()) {
                    assertThat(json(text(extension.getValue(), 2))).isEqualTo(told.path(extension.getKey()));
                }
            }
        }
    }

    private static UnknownFieldSet message(ByteString bytes) throws InvalidProtocolBufferException {
        return UnknownFieldSet.parseFrom(bytes);
    }

    private static String text(UnknownFieldSet message, int field) {
        List<ByteString> values = message.getField(field).getLengthDelimitedList();
        return values.isEmpty() ? "" : values.get(0).toStringUtf8();
    }

    /** What a message in a field holds by name. */
    private static Map<String, UnknownFieldSet> named(UnknownFieldSet message, int field, int pairs) throws Exception {
        List<ByteString> values = message.getField(field).getLengthDelimitedList();
        return values.isEmpty() ? Map.of() : pairs(message(values.get(0)), pairs);
    }

    private static Map<String, UnknownFieldSet> pairs(UnknownFieldSet message, int field) throws Exception {
        Map<String, UnknownFieldSet> all = new LinkedHashMap<>();
        for (ByteString each : message.getField(field).getLengthDelimitedList()) {
            UnknownFieldSet pair = message(each);
            all.put(
                    text(pair, 1),
                    message(pair.getField(2).getLengthDelimitedList().get(0)));
        }
        return all;
    }
}
