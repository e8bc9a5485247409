package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reading and writing JSON trees along paths of field names; an absent field, null and a wrong type all read as empty. */
final class Trees {
    private static final Comparator<JsonNode> LOOSE = (a, b) ->
            a.isIntegralNumber() && b.isIntegralNumber() ? a.bigIntegerValue().compareTo(b.bigIntegerValue()) : 1;

    private Trees() {}

    static JsonNode at(JsonNode tree, String... path) {
        JsonNode node = tree;
        for (String name : path) {
            node = node.path(name);
        }
        return node.isNull() ? MissingNode.getInstance() : node;
    }

    static String text(JsonNode tree, String... path) {
        JsonNode node = at(tree, path);
        return node.isValueNode() ? node.asText() : "";
    }

    static boolean has(JsonNode tree, String... path) {
        return !at(tree, path).isMissingNode();
    }

    /** Whether there is something in it: an empty text, list or object counts as nothing. */
    static boolean present(JsonNode tree, String... path) {
        JsonNode node = at(tree, path);
        return node.isContainerNode() ? !node.isEmpty() : !node.asText().isEmpty();
    }

    static int integer(JsonNode tree, int fallback, String... path) {
        JsonNode node = at(tree, path);
        return node.isIntegralNumber() ? node.asInt() : fallback;
    }

    /** The object under a name, made if it is not there. */
    static ObjectNode object(ObjectNode tree, String name) {
        return tree.get(name) instanceof ObjectNode there ? there : tree.putObject(name);
    }

    /** The object under a name, or null. */
    static @Nullable ObjectNode objectOrNull(JsonNode tree, String name) {
        return tree.get(name) instanceof ObjectNode there ? there : null;
    }

    /** Writes a text where there is none. */
    static void putDefault(ObjectNode tree, String name, String value) {
        if (!present(tree, name)) {
            tree.put(name, value);
        }
    }

    /** Writes a number where there is none. */
    static void putDefault(ObjectNode tree, String name, int value) {
        if (!has(tree, name)) {
            tree.put(name, value);
        }
    }

    /** Writes a truth where there is none. */
    static void putDefault(ObjectNode tree, String name, boolean value) {
        if (!has(tree, name)) {
            tree.put(name, value);
        }
    }

    static Map<String, String> textMap(JsonNode object) {
        Map<String, String> map = new LinkedHashMap<>();
        object.properties()
                .forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
        return map;
    }

    static ArrayNode array(Iterable<String> values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return array;
    }

    /** Equality of JSON values: numbers by value, whatever width they were read with; absent equals null. */
    static boolean same(@Nullable JsonNode a, @Nullable JsonNode b) {
        boolean noB = b == null || b.isNull() || b.isMissingNode();
        if (a == null || a.isNull() || a.isMissingNode()) {
            return noB;
        }
        return b != null && !noB && a.equals((x, y) -> x.equals(y) ? 0 : LOOSE.compare(x, y), b);
    }

    /** Whether two objects have the same value at a path. */
    static boolean sameAt(JsonNode a, JsonNode b, String... path) {
        return same(at(a, path), at(b, path));
    }
}
