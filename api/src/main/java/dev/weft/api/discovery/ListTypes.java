package dev.weft.api.discovery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.FieldTypes;
import dev.weft.registry.resource.SchemaType;
import java.util.List;

/**
 * Tells clients that compare or merge objects by field which lists are maps by some fields of their items, which are sets,
 * and which are one value: as the registry itself applies them.
 */
final class ListTypes {
    private ListTypes() {}

    /** Adds the extensions to the schema of a field that is a list. A list of which nothing is known is one value. */
    static void describe(String structure, String field, SchemaType type, ObjectNode schema) {
        if (!(type instanceof SchemaType.ListOf)) {
            return;
        }
        List<String> keys = FieldTypes.listKeys(structure, field);
        if (keys.isEmpty()) {
            schema.put("x-kubernetes-list-type", FieldTypes.isSet(structure, field) ? "set" : "atomic");
        } else {
            ArrayNode told = schema.put("x-kubernetes-list-type", "map").putArray("x-kubernetes-list-map-keys");
            keys.forEach(told::add);
        }
    }
}
