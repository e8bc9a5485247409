package dev.weft.registry.resource.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Kubernetes' strategic merge: like a merge patch, but lists whose elements have a key are merged element by element,
 * and directives ({@code $patch}, {@code $retainKeys}, {@code $deleteFromPrimitiveList/…}, {@code
 * $setElementOrder/…}) say what plain merging cannot.
 */
public final class StrategicMergePatch {
    private static final String PATCH = "$patch";
    private static final String RETAIN_KEYS = "$retainKeys";
    private static final String DELETE_PRIMITIVES = "$deleteFromPrimitiveList/";
    private static final String ORDER = "$setElementOrder/";

    private final String kind;

    private StrategicMergePatch(String kind) {
        this.kind = kind;
    }

    /**
     * Applies a patch.
     *
     * @param kind e.g. {@code Service}: decides which lists have keys
     * @param target is used up
     */
    public static JsonNode apply(String kind, ObjectNode target, ObjectNode patch) throws PatchFailure {
        return new StrategicMergePatch(kind).object(target, patch, "");
    }

    private ObjectNode object(ObjectNode target, ObjectNode patch, String path) throws PatchFailure {
        String directive = directive(patch);
        if (directive.equals("replace")) {
            return withoutDirectives(patch);
        }
        if (directive.equals("delete")) {
            return JsonNodeFactory.instance.objectNode();
        }
        retainKeys(target, patch);
        Set<String> done = new HashSet<>();
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            String name = change.getKey();
            if (name.startsWith(DELETE_PRIMITIVES)) {
                deletePrimitives(target, name.substring(DELETE_PRIMITIVES.length()), change.getValue());
            } else if (name.startsWith(ORDER)) {
                order(target, patch, name.substring(ORDER.length()), change.getValue(), path);
            } else if (!name.equals(PATCH) && !name.equals(RETAIN_KEYS) && done.add(name)) {
                field(target, name, change.getValue(), patch.get(ORDER + name), join(path, name));
            }
        }
        return target;
    }

    /** Holds an order against the list that comes with it; without one, sorts the list that is there. */
    private void order(ObjectNode target, ObjectNode patch, String list, JsonNode order, String path)
            throws PatchFailure {
        if (!order.isArray()) {
            throw PatchFailure.badDirective("invalid patch format of setElementOrder list");
        }
        String at = join(path, list);
        if (!patch.has(list)) {
            if (target.get(list) instanceof ArrayNode array) {
                target.set(list, ordered(array, array, order, at));
            }
            return;
        }
        String key = MergeKeys.of(kind, at);
        if (key != null && !order.isEmpty() && !ElementOrder.agrees(patch.path(list), order, key)) {
            throw PatchFailure.badDirective("the order in patch list:\n" + patch.path(list) + "\n doesn't match "
                    + ORDER.substring(0, ORDER.length() - 1) + " list:\n" + order);
        }
    }

    private void field(ObjectNode target, String name, JsonNode value, @Nullable JsonNode order, String path)
            throws PatchFailure {
        JsonNode present = target.get(name);
        if (value.isNull()) {
            target.remove(name);
        } else if (value instanceof ObjectNode changes) {
            if (directive(changes).equals("delete")) {
                target.remove(name);
            } else {
                ObjectNode base = present instanceof ObjectNode there ? there : JsonNodeFactory.instance.objectNode();
                target.set(name, object(base, changes, path));
            }
        } else if (value instanceof ArrayNode changes) {
            target.set(name, list(present instanceof ArrayNode there ? there : null, changes, order, path));
        } else {
            target.set(name, value.deepCopy());
        }
    }

    private ArrayNode list(@Nullable ArrayNode present, ArrayNode changes, @Nullable JsonNode order, String path)
            throws PatchFailure {
        String key = MergeKeys.of(kind, path);
        if (key == null) {
            return plain(changes);
        }
        ArrayNode base = present == null ? JsonNodeFactory.instance.arrayNode() : present;
        ArrayNode merged = key.equals(MergeKeys.PRIMITIVE) ? union(base, changes) : byKey(base, changes, key, path);
        return order == null ? merged : ordered(merged, base, order, path);
    }

    private ArrayNode byKey(ArrayNode base, ArrayNode changes, String key, String path) throws PatchFailure {
        boolean replace = false;
        List<ObjectNode> edits = new ArrayList<>();
        for (JsonNode change : changes) {
            if (!(change instanceof ObjectNode edit)) {
                throw PatchFailure.malformed("an element of " + path + " is no object");
            }
            boolean bare = directive(edit).equals("replace") && !edit.has(key);
            replace |= bare || (directive(edit).equals("replace") && edit.size() == 1);
            if (!bare) {
                if (!edit.has(key)) {
                    throw PatchFailure.malformed("map: " + edit + " does not contain declared merge key: " + key);
                }
                edits.add(edit);
            }
        }
        Map<String, ObjectNode> result = new java.util.LinkedHashMap<>();
        List<JsonNode> unkeyed = new ArrayList<>();
        if (!replace) {
            index(base, key, result, unkeyed);
        }
        for (ObjectNode edit : edits) {
            String id = edit.path(key).toString();
            ObjectNode there = result.get(id);
            switch (directive(edit)) {
                case "delete" -> removeAll(result, id);
                case "replace" -> result.put(id, withoutDirectives(edit));
                default ->
                    result.put(id, object(there == null ? JsonNodeFactory.instance.objectNode() : there, edit, path));
            }
        }
        ArrayNode merged = JsonNodeFactory.instance.arrayNode();
        unkeyed.forEach(merged::add);
        result.values().forEach(merged::add);
        return merged;
    }

    /** Elements that share a key (a port over TCP and UDP) are kept apart; the key alone names the first of them. */
    private static void index(ArrayNode base, String key, Map<String, ObjectNode> result, List<JsonNode> unkeyed) {
        Map<String, Integer> copies = new HashMap<>();
        for (JsonNode element : base) {
            if (element instanceof ObjectNode object && object.has(key)) {
                String id = object.path(key).toString();
                int copy = copies.merge(id, 1, Integer::sum);
                result.put(copy == 1 ? id : id + "#" + copy, object);
            } else {
                unkeyed.add(element);
            }
        }
    }

    private static void removeAll(Map<String, ObjectNode> result, String id) {
        result.remove(id);
        int copy = 2;
        while (result.remove(id + "#" + copy) != null) {
            copy++;
        }
    }

    private static ArrayNode union(ArrayNode base, ArrayNode changes) {
        ArrayNode merged = base.deepCopy();
        Set<JsonNode> seen = new HashSet<>();
        base.forEach(seen::add);
        for (JsonNode change : changes) {
            if (seen.add(change)) {
                merged.add(change.deepCopy());
            }
        }
        return merged;
    }

    /**
     * Sorts by the patch's order; what only the server knows stays behind the neighbour that it had there.
     *
     * @param present the server's order
     */
    private ArrayNode ordered(ArrayNode merged, ArrayNode present, JsonNode order, String path) {
        String key = MergeKeys.of(kind, path);
        if (key == null) {
            return merged;
        }
        Map<String, Integer> wanted = new HashMap<>();
        order.forEach(element -> wanted.putIfAbsent(id(element, key), wanted.size()));
        Map<String, Integer> server = new HashMap<>();
        present.forEach(element -> server.putIfAbsent(id(element, key), server.size()));
        List<JsonNode> listed = new ArrayList<>();
        List<JsonNode> others = new ArrayList<>();
        merged.forEach(element -> (wanted.containsKey(id(element, key)) ? listed : others).add(element));
        listed.sort(java.util.Comparator.comparingInt(element -> wanted.getOrDefault(id(element, key), 0)));
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        int next = 0;
        for (JsonNode element : listed) {
            int place = server.getOrDefault(id(element, key), Integer.MAX_VALUE);
            while (next < others.size() && server.getOrDefault(id(others.get(next), key), Integer.MAX_VALUE) < place) {
                result.add(others.get(next++));
            }
            result.add(element);
        }
        while (next < others.size()) {
            result.add(others.get(next++));
        }
        return result;
    }

    private static String id(JsonNode element, String key) {
        return key.equals(MergeKeys.PRIMITIVE)
                ? element.toString()
                : element.path(key).toString();
    }

    private static void deletePrimitives(ObjectNode target, String list, JsonNode values) throws PatchFailure {
        if (!values.isArray()) {
            throw PatchFailure.badDirective("invalid patch format of primitive list");
        }
        if (target.get(list) instanceof ArrayNode present) {
            Set<JsonNode> gone = new HashSet<>();
            values.forEach(gone::add);
            ArrayNode kept = JsonNodeFactory.instance.arrayNode();
            present.forEach(value -> {
                if (!gone.contains(value)) {
                    kept.add(value);
                }
            });
            target.set(list, kept);
        }
    }

    private static void retainKeys(ObjectNode target, ObjectNode patch) throws PatchFailure {
        JsonNode keys = patch.get(RETAIN_KEYS);
        if (keys == null) {
            return;
        }
        Set<String> kept = new HashSet<>();
        keys.forEach(key -> kept.add(key.asText()));
        boolean within = patch.properties().stream()
                .allMatch(change ->
                        kept.contains(change.getKey()) || change.getValue().isNull() || isDirective(change.getKey()));
        if (!keys.isArray() || !within) {
            throw PatchFailure.badDirective("invalid patch format of retainKeys");
        }
        target.retain(kept);
    }

    private static String directive(ObjectNode patch) throws PatchFailure {
        JsonNode directive = patch.get(PATCH);
        if (directive == null) {
            return "merge";
        }
        return switch (directive.asText()) {
            case "replace", "delete", "merge" -> directive.asText();
            default -> throw PatchFailure.malformed("Unknown patch type \"" + directive.asText() + "\" found");
        };
    }

    /** A list that replaces: directives inside it have nothing to act on. */
    private static ArrayNode plain(ArrayNode changes) {
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        for (JsonNode change : changes) {
            if (!(change instanceof ObjectNode object)) {
                result.add(change.deepCopy());
            } else if (!object.has(PATCH)) {
                result.add(withoutDirectives(object));
            }
        }
        return result;
    }

    private static boolean isDirective(String name) {
        return name.equals(PATCH)
                || name.equals(RETAIN_KEYS)
                || name.startsWith(DELETE_PRIMITIVES)
                || name.startsWith(ORDER);
    }

    private static ObjectNode withoutDirectives(ObjectNode object) {
        ObjectNode clean = JsonNodeFactory.instance.objectNode();
        object.properties().forEach(entry -> {
            if (!isDirective(entry.getKey()) && !entry.getValue().isNull()) {
                clean.set(entry.getKey(), entry.getValue().deepCopy());
            }
        });
        return clean;
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
