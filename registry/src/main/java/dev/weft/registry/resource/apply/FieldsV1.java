package dev.weft.registry.resource.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON form of field sets: nested objects whose names are steps, where {@code "."} says that the place itself is a
 * member; a leaf, an empty object, is one without saying so.
 */
public final class FieldsV1 {
    private static final String ITSELF = ".";

    private FieldsV1() {}

    /** Writes a set. Its leaves are one and the same node, not to be changed. */
    public static ObjectNode write(FieldSet set) {
        return write(new FieldSet.Node(false, set), JsonNodeFactory.instance.objectNode());
    }

    private static ObjectNode write(FieldSet.Node node, ObjectNode leaf) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (node.member()) {
            json.set(ITSELF, leaf);
        }
        node.below()
                .nodes()
                .forEach((element, below) ->
                        json.set(element.wireName(), below.below().isEmpty() ? leaf : write(below, leaf)));
        return json;
    }

    /** Reads a set; empty if the text is no such form. */
    public static Optional<FieldSet> read(JsonNode json) {
        return node(json).map(FieldSet.Node::below);
    }

    private static Optional<FieldSet.Node> node(JsonNode json) {
        if (!json.isObject()) {
            return Optional.empty();
        }
        FieldSet.Builder set = new FieldSet.Builder();
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            if (entry.getKey().equals(ITSELF)) {
                continue;
            }
            Optional<PathElement> element = PathElement.parse(entry.getKey());
            Optional<FieldSet.Node> below = node(entry.getValue());
            if (element.isEmpty() || below.isEmpty()) {
                return Optional.empty();
            }
            set.put(element.get(), below.get());
        }
        return Optional.of(new FieldSet.Node(json.isEmpty() || json.has(ITSELF), set.build()));
    }
}
