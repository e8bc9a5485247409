package dev.weft.api.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * OpenAPI v2 of all groups in one document, made from the v3 documents: the same schemas, said in the older words. Pure.
 *
 * <p>Where v2 has no word, the broader one stands: what is a number or a text is a text, as in Kubernetes' own documents.
 */
final class SwaggerDocument {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String V3_REFERENCE = "#/components/schemas/";
    private static final String V2_REFERENCE = "#/definitions/";
    private static final Pattern PATH_PARAMETER = Pattern.compile("\\{([a-z]+)}");
    /** Copied as they stand; what is left out here is converted or has no counterpart. */
    private static final Set<String> SCHEMA_WORDS = Set.of("type", "format", "description", "required", "uniqueItems");

    private static final Set<String> VERBS = Set.of("get", "put", "post", "delete", "patch");

    private final TreeMap<String, ObjectNode> definitions = new TreeMap<>();
    private final TreeMap<String, ObjectNode> paths = new TreeMap<>();

    private SwaggerDocument() {}

    /** Puts the v3 documents together. */
    static ObjectNode of(Collection<ObjectNode> documents, String release) {
        SwaggerDocument together = new SwaggerDocument();
        documents.forEach(together::add);
        ObjectNode tree = NODES.objectNode().put("swagger", "2.0");
        tree.putObject("info").put("title", "Kubernetes").put("version", release);
        ObjectNode allPaths = tree.putObject("paths");
        together.paths.forEach(allPaths::set);
        ObjectNode allDefinitions = tree.putObject("definitions");
        together.definitions.forEach(allDefinitions::set);
        return tree;
    }

    private void add(ObjectNode document) {
        document.at("/components/schemas").properties().forEach(entry -> {
            ObjectNode schema = schema(entry.getValue());
            ObjectNode known = definitions.putIfAbsent(entry.getKey(), schema);
            if (known != null) {
                addKinds(known, schema);
            }
        });
        document.path("paths").properties().forEach(entry -> paths.put(entry.getKey(), item(entry)));
    }

    /** One model may stand for several versions of a kind; each document knows its own. */
    private static void addKinds(ObjectNode known, ObjectNode more) {
        JsonNode kinds = more.path(OpenApiDocument.KIND_EXTENSION);
        if (kinds.isEmpty()) {
            return;
        }
        ArrayNode all = known.withArray(OpenApiDocument.KIND_EXTENSION);
        for (JsonNode kind : kinds) {
            boolean there = false;
            for (JsonNode each : all) {
                there |= each.equals(kind);
            }
            if (!there) {
                all.add(kind);
            }
        }
    }

    private static ObjectNode item(java.util.Map.Entry<String, JsonNode> path) {
        ObjectNode item = NODES.objectNode();
        path.getValue().properties().forEach(entry -> {
            if (VERBS.contains(entry.getKey())) {
                item.set(entry.getKey(), operation(entry.getValue()));
            }
        });
        ArrayNode parameters = item.putArray("parameters");
        Matcher parameter = PATH_PARAMETER.matcher(path.getKey());
        while (parameter.find()) {
            parameters
                    .addObject()
                    .put("name", parameter.group(1))
                    .put("in", "path")
                    .put("required", true)
                    .put("type", "string");
        }
        return item;
    }

    private static ObjectNode operation(JsonNode from) {
        ObjectNode operation = NODES.objectNode();
        ArrayNode parameters = NODES.arrayNode();
        for (JsonNode each : from.path("parameters")) {
            ObjectNode parameter = parameters.addObject();
            parameter.setAll((ObjectNode) each);
            parameter.remove("schema");
            parameter.setAll(schema(each.path("schema")));
        }
        TreeSet<String> consumes = new TreeSet<>();
        JsonNode body = from.path("requestBody").path("content");
        body.properties().forEach(content -> consumes.add(content.getKey()));
        if (!body.isEmpty()) {
            ObjectNode parameter = parameters.addObject();
            parameter.put("name", "body").put("in", "body").put("required", true);
            parameter.set("schema", schema(body.elements().next().path("schema")));
        }
        TreeSet<String> produces = new TreeSet<>();
        ObjectNode responses = NODES.objectNode();
        from.path("responses").properties().forEach(entry -> {
            ObjectNode response = responses.putObject(entry.getKey());
            response.put("description", entry.getValue().path("description").asText());
            entry.getValue().path("content").properties().forEach(content -> {
                produces.add(content.getKey());
                response.set("schema", schema(content.getValue().path("schema")));
            });
        });
        put(operation, "consumes", consumes);
        put(operation, "produces", produces);
        if (!parameters.isEmpty()) {
            operation.set("parameters", parameters);
        }
        operation.set("responses", responses);
        copyExtensions(from, operation);
        return operation;
    }

    private static void put(ObjectNode operation, String field, Set<String> types) {
        if (!types.isEmpty()) {
            ArrayNode all = operation.putArray(field);
            types.forEach(all::add);
        }
    }

    /** A reference may have siblings here, which is what v3 wraps it for. */
    private static ObjectNode schema(JsonNode from) {
        ObjectNode schema = NODES.objectNode();
        JsonNode reference = from.at("/allOf/0/$ref").isMissingNode() ? from.path("$ref") : from.at("/allOf/0/$ref");
        if (reference.isTextual()) {
            schema.put("$ref", reference.asText().replace(V3_REFERENCE, V2_REFERENCE));
        }
        if (from.has("oneOf")) {
            schema.put("type", "string");
        }
        from.properties().forEach(entry -> {
            String word = entry.getKey();
            switch (word) {
                case "items", "additionalProperties" -> schema.set(word, schema(entry.getValue()));
                case "properties" -> {
                    ObjectNode properties = schema.putObject(word);
                    entry.getValue()
                            .properties()
                            .forEach(field -> properties.set(field.getKey(), schema(field.getValue())));
                }
                default -> {
                    if (SCHEMA_WORDS.contains(word)) {
                        schema.set(word, entry.getValue().deepCopy());
                    }
                }
            }
        });
        copyExtensions(from, schema);
        return schema;
    }

    private static void copyExtensions(JsonNode from, ObjectNode to) {
        from.properties().forEach(entry -> {
            if (entry.getKey().startsWith("x-")) {
                to.set(entry.getKey(), entry.getValue().deepCopy());
            }
        });
    }
}
