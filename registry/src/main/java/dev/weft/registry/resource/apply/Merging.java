package dev.weft.registry.resource.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lays a configuration over an object: what it says counts, what it does not mention stays. */
final class Merging {
    private Merging() {}

    /** The object with the configuration in it: a new tree. */
    static JsonNode merge(FieldType type, JsonNode live, JsonNode configuration) {
        if (!Topology.hasParts(type, configuration) || !Topology.hasParts(type, live)) {
            return configuration.deepCopy();
        }
        if (live instanceof ObjectNode object) {
            ObjectNode merged = object.deepCopy();
            configuration.properties().forEach(entry -> {
                String name = entry.getKey();
                JsonNode there = object.get(name);
                FieldType below = Topology.below(type, PathElement.field(name));
                merged.set(name, there == null ? entry.getValue().deepCopy() : merge(below, there, entry.getValue()));
            });
            return merged;
        }
        return new Lists(type, live, configuration).merged();
    }

    /**
     * Two lists of one type. The configuration's order counts among its own elements; others stay before the element that
     * they stood before.
     */
    private static final class Lists {
        private final FieldType type;
        private final JsonNode live;
        private final Map<PathElement, JsonNode> present;
        private final List<PathElement> order;
        private final Map<PathElement, JsonNode> wanted = new LinkedHashMap<>();
        private final ArrayNode merged = JsonNodeFactory.instance.arrayNode();
        private int next;

        private Lists(FieldType type, JsonNode live, JsonNode configuration) {
            this.type = type;
            this.live = live;
            present = Topology.parts(type, live);
            wanted.putAll(Topology.parts(type, configuration));
            order = new ArrayList<>(wanted.keySet());
        }

        private ArrayNode merged() {
            Iterator<PathElement> shared =
                    order.stream().filter(present::containsKey).iterator();
            PathElement awaited = shared.hasNext() ? shared.next() : null;
            for (JsonNode element : live) {
                Optional<PathElement> name = Topology.nameOf(type, element);
                if (name.isEmpty() || !wanted.containsKey(name.get())) {
                    merged.add(element.deepCopy());
                } else if (name.get().equals(awaited)) {
                    takeUpTo(awaited);
                    awaited = shared.hasNext() ? shared.next() : null;
                }
            }
            takeUpTo(null);
            return merged;
        }

        /** Goes on with the configuration's elements, up to and with one of them, or to the end. */
        private void takeUpTo(@Nullable PathElement last) {
            boolean done = false;
            while (!done && next < order.size()) {
                PathElement name = order.get(next++);
                JsonNode there = present.get(name);
                JsonNode said = wanted.getOrDefault(name, JsonNodeFactory.instance.nullNode());
                merged.add(there == null ? said.deepCopy() : merge(Topology.below(type, name), there, said));
                done = name.equals(last);
            }
        }
    }
}
