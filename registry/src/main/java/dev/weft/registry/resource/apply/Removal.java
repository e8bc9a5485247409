package dev.weft.registry.resource.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes fields out of an object, each with all that is beneath it. */
final class Removal {
    private Removal() {}

    /** The object without the fields: a new tree. */
    static ObjectNode remove(FieldType type, ObjectNode object, FieldSet fields) {
        JsonNode rest = without(type, object, fields);
        return rest instanceof ObjectNode there ? there : JsonNodeFactory.instance.objectNode();
    }

    /** Null if that leaves nothing: what becomes empty by this goes as well. */
    private static @Nullable JsonNode without(FieldType type, JsonNode value, FieldSet fields) {
        if (fields.isEmpty() || !Topology.hasParts(type, value)) {
            return value.deepCopy();
        }
        if (value.isEmpty()) {
            return value.deepCopy();
        }
        if (value instanceof ObjectNode object) {
            ObjectNode rest = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(entry -> {
                JsonNode kept = part(type, PathElement.field(entry.getKey()), entry.getValue(), fields);
                if (kept != null) {
                    rest.set(entry.getKey(), kept);
                }
            });
            return rest.isEmpty() ? null : rest;
        }
        ArrayNode rest = JsonNodeFactory.instance.arrayNode();
        for (JsonNode element : value) {
            Optional<PathElement> name = Topology.nameOf(type, element);
            JsonNode kept = name.isEmpty() ? element.deepCopy() : part(type, name.get(), element, fields);
            if (kept != null) {
                rest.add(kept);
            }
        }
        return rest.isEmpty() ? null : rest;
    }

    private static @Nullable JsonNode part(FieldType type, PathElement element, JsonNode value, FieldSet fields) {
        FieldSet.Node node = fields.at(element);
        return node.member() ? null : without(Topology.below(type, element), value, node.below());
    }
}
