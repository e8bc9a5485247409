package dev.weft.api.discovery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Schema;
import dev.weft.registry.resource.SchemaType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One OpenAPI v3 document, while it is put together. For one thread. */
final class OpenApiDocument {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String MODEL_PACKAGE = "io.fabric8.kubernetes.api.model.";
    static final String KIND_EXTENSION = "x-kubernetes-group-version-kind";
    private static final String STRATEGIC = "application/strategic-merge-patch+json";
    private static final List<String> PATCH_TYPES = List.of(
            "application/json-patch+json", "application/merge-patch+json", STRATEGIC, "application/apply-patch+yaml");

    private final ObjectNode tree = NODES.objectNode();
    private final ObjectNode paths;
    private final ObjectNode schemas;
    private final Descriptions descriptions;
    private final Set<SchemaType.Structure> described = new HashSet<>();
    private final Deque<SchemaType.Structure> waiting = new ArrayDeque<>();

    OpenApiDocument(String release, Descriptions descriptions) {
        this.descriptions = descriptions;
        tree.put("openapi", "3.0.0");
        tree.putObject("info").put("title", "Kubernetes").put("version", release);
        paths = tree.putObject("paths");
        schemas = tree.putObject("components").putObject("schemas");
    }

    ObjectNode tree() {
        return tree;
    }

    /** Adds a kind with all that its schema refers to. */
    void add(ResourceKind kind, String version) {
        addPath(kind, version, addSchemas(kind, version));
    }

    /** The same of one that can only be created. */
    void addReview(ResourceKind kind) {
        String version = kind.versions().get(0);
        String schema = addSchemas(kind, version);
        String scope = kind.namespaced() ? "/namespaces/{namespace}/" : "/";
        ObjectNode operation = paths.putObject("/apis/" + kind.apiVersion(version) + scope
                        + kind.type().plural())
                .putObject("post");
        ObjectNode body = operation.putObject("requestBody");
        body.putObject("content").putObject("application/json").set("schema", reference(schema));
        ObjectNode answer = operation.putObject("responses").putObject("201").put("description", "Created");
        answer.putObject("content").putObject("application/json").set("schema", reference(schema));
        operation.put("x-kubernetes-action", "post");
        operation.set(KIND_EXTENSION, groupVersionKind(kind, version));
    }

    /** Returns the name of the kind's own schema. */
    private String addSchemas(ResourceKind kind, String version) {
        SchemaType.Structure root = Schema.of(kind).root();
        want(root);
        while (!waiting.isEmpty()) {
            SchemaType.Structure next = waiting.remove();
            schemas.set(name(next), structure(next));
        }
        ArrayNode extension = ((ObjectNode) schemas.path(name(root))).withArray(KIND_EXTENSION);
        extension.add(groupVersionKind(kind, version));
        return name(root);
    }

    private void addPath(ResourceKind kind, String version, String schema) {
        String prefix = (kind.type().group().isEmpty() ? "/api/" : "/apis/") + kind.apiVersion(version);
        String scope = kind.namespaced() ? "/namespaces/{namespace}/" : "/";
        ObjectNode item = paths.putObject(prefix + scope + kind.type().plural() + "/{name}");
        for (String verb : new String[] {"get", "put", "patch", "delete"}) {
            ObjectNode operation = item.putObject(verb);
            if (verb.startsWith("p")) {
                ObjectNode parameter = operation.putArray("parameters").addObject();
                parameter.put("name", "fieldValidation").put("in", "query");
                parameter.putObject("schema").put("type", "string").put("uniqueItems", true);
            }
            if (verb.equals("patch")) {
                describePatch(kind, operation);
            }
            ObjectNode answer =
                    operation.putObject("responses").putObject("200").put("description", "OK");
            answer.putObject("content").putObject("application/json").set("schema", reference(schema));
            operation.put("x-kubernetes-action", verb);
            operation.set(KIND_EXTENSION, groupVersionKind(kind, version));
        }
    }

    /** A custom kind has no strategic merge; kubectl would patch by it where the document names it. */
    private static void describePatch(ResourceKind kind, ObjectNode operation) {
        for (String name : List.of("dryRun", "fieldManager", "force")) {
            ObjectNode parameter = ((ArrayNode) operation.path("parameters")).addObject();
            parameter.put("name", name).put("in", "query");
            String type = name.equals("force") ? "boolean" : "string";
            parameter.putObject("schema").put("type", type).put("uniqueItems", true);
        }
        ObjectNode content =
                operation.putObject("requestBody").put("required", true).putObject("content");
        PATCH_TYPES.stream()
                .filter(type -> !kind.custom() || !type.equals(STRATEGIC))
                .forEach(type -> content.putObject(type).putObject("schema").put("type", "object"));
    }

    private static ObjectNode groupVersionKind(ResourceKind kind, String version) {
        return NODES.objectNode()
                .put("group", kind.type().group())
                .put("version", version)
                .put("kind", kind.kind());
    }

    private ObjectNode structure(SchemaType.Structure structure) {
        ObjectNode schema = NODES.objectNode();
        schema.put("type", "object");
        describe(schema, descriptions.of(name(structure)));
        ObjectNode properties = schema.putObject("properties");
        structure.fields().forEach((field, type) -> {
            ObjectNode property = type(type);
            describe(
                    property,
                    descriptions.of(name(structure), field, structure.fields().keySet()));
            PatchStrategies.describe(structure.name(), field, property);
            ListTypes.describe(structure.name(), field, type, property);
            properties.set(field, property);
        });
        return schema;
    }

    private static void describe(ObjectNode schema, @Nullable String description) {
        if (description != null) {
            schema.put("description", description);
        }
    }

    private ObjectNode type(SchemaType type) {
        if (type instanceof SchemaType.Structure structure) {
            want(structure);
            return reference(name(structure));
        }
        ObjectNode schema = NODES.objectNode();
        if (type instanceof SchemaType.ListOf list) {
            schema.put("type", "array");
            schema.set("items", type(list.element()));
            return schema;
        }
        if (type instanceof SchemaType.MapOf map) {
            schema.put("type", "object");
            schema.set("additionalProperties", type(map.value()));
            return schema;
        }
        return leaf((SchemaType.Leaf) type);
    }

    private ObjectNode leaf(SchemaType.Leaf leaf) {
        ObjectNode schema = NODES.objectNode();
        return switch (leaf) {
            case STRING -> schema.put("type", "string");
            case BOOLEAN -> schema.put("type", "boolean");
            case INT32 -> schema.put("type", "integer").put("format", "int32");
            case INT64 -> schema.put("type", "integer").put("format", "int64");
            case NUMBER -> schema.put("type", "number").put("format", "double");
            case INT_OR_STRING ->
                named(
                        "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
                        oneOf(schema, "integer").put("format", "int-or-string"));
            case QUANTITY -> named("io.k8s.apimachinery.pkg.api.resource.Quantity", oneOf(schema, "number"));
            case TIME ->
                named(
                        "io.k8s.apimachinery.pkg.apis.meta.v1.Time",
                        schema.put("type", "string").put("format", "date-time"));
            case MICRO_TIME ->
                named(
                        "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime",
                        schema.put("type", "string").put("format", "date-time"));
            case ANY -> schema.put("x-kubernetes-preserve-unknown-fields", true);
        };
    }

    private static ObjectNode oneOf(ObjectNode schema, String other) {
        ArrayNode choices = schema.putArray("oneOf");
        choices.addObject().put("type", "string");
        choices.addObject().put("type", other);
        return schema;
    }

    /** Types that readers know by name are referred to. */
    private ObjectNode named(String name, ObjectNode schema) {
        schemas.set(name, schema);
        return reference(name);
    }

    private static ObjectNode reference(String name) {
        // A reference stands alone in OpenAPI 3.0; wrapped, it may have siblings.
        ObjectNode wrapped = NODES.objectNode();
        wrapped.putArray("allOf").addObject().put("$ref", "#/components/schemas/" + name);
        return wrapped;
    }

    private void want(SchemaType.Structure structure) {
        if (described.add(structure)) {
            waiting.add(structure);
        }
    }

    static String name(SchemaType.Structure structure) {
        String model = structure.model().getName().replace('$', '.');
        if (!model.startsWith(MODEL_PACKAGE)) {
            return model;
        }
        String rest = model.substring(MODEL_PACKAGE.length());
        return rest.indexOf('.') < 0 ? "io.k8s.api.core.v1." + rest : "io.k8s.api." + rest;
    }
}
