package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * How the objects of one kind are served a second time, in another group and with other names of some fields, as
 * Kubernetes does with Events. Both groups show the same objects, with the same versions.
 *
 * @param stored the kind as which the objects are stored
 * @param storedApiVersion e.g. {@code v1}
 * @param names of fields at the top: from the name that is served to the one that is stored; names that are absent stay
 * @param changing the fields, by their stored names, that an object may change in the group; all others last
 * @param validation of what a client sends, in the served names, beyond the rules of the stored kind
 */
public record Cohabitation(
        ResourceType stored,
        String storedApiVersion,
        Map<String, String> names,
        Set<String> changing,
        Function<JsonNode, List<FieldError>> validation) {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    public Cohabitation {
        names = Map.copyOf(names);
        changing = Set.copyOf(changing);
    }

    /** An object as it is served; the metadata are shared with what was given. */
    public ObjectNode served(ObjectNode object, String apiVersion) {
        Map<String, String> back = new HashMap<>();
        names.forEach((served, kept) -> back.put(kept, served));
        ObjectNode served = renamed(object, back);
        return served.put("apiVersion", apiVersion);
    }

    /** An object, a configuration or a merge patch as it is to be stored. A stored name that a client uses is unknown here. */
    public ObjectNode stored(ObjectNode sent) {
        ObjectNode known = sent.deepCopy();
        known.remove(names.values());
        return renamed(known, names).put("apiVersion", storedApiVersion);
    }

    /** What a change does to fields that last, a fault each, in the stored names. */
    public List<FieldError> changed(JsonNode before, JsonNode after) {
        Set<String> fields = new TreeSet<>();
        before.fieldNames().forEachRemaining(fields::add);
        after.fieldNames().forEachRemaining(fields::add);
        fields.removeAll(changing);
        List<FieldError> faults = new ArrayList<>();
        for (String field : fields) {
            if (!Trees.same(before.get(field), after.get(field))) {
                faults.add(FieldError.invalid(field, after.path(field), "field is immutable"));
            }
        }
        return faults;
    }

    /** A patch as it applies to what is stored: merge patches by their names, JSON patches by their paths. */
    public JsonNode storedPatch(JsonNode patch) {
        if (patch instanceof ObjectNode object) {
            boolean versioned = object.has("apiVersion");
            ObjectNode stored = stored(object);
            return versioned ? stored : stored.without("apiVersion");
        }
        ArrayNode operations = NODES.arrayNode();
        for (JsonNode operation : patch) {
            operations.add(operation instanceof ObjectNode object ? storedPaths(object) : operation);
        }
        return operations;
    }

    private ObjectNode storedPaths(ObjectNode operation) {
        ObjectNode moved = operation.deepCopy();
        for (String pointer : List.of("path", "from")) {
            if (moved.path(pointer).isTextual()) {
                moved.put(pointer, storedPointer(moved.path(pointer).asText()));
            }
        }
        return moved;
    }

    private String storedPointer(String pointer) {
        int end = pointer.indexOf('/', 1);
        String first = pointer.substring(Math.min(1, pointer.length()), end < 0 ? pointer.length() : end);
        String kept = names.get(first);
        return kept == null ? pointer : "/" + kept + (end < 0 ? "" : pointer.substring(end));
    }

    private static ObjectNode renamed(ObjectNode object, Map<String, String> names) {
        ObjectNode renamed = NODES.objectNode();
        object.properties()
                .forEach(field -> renamed.set(names.getOrDefault(field.getKey(), field.getKey()), field.getValue()));
        return renamed;
    }
}
