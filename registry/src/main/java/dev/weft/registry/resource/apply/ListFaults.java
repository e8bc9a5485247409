package dev.weft.registry.resource.apply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.apply.FieldType.KeyedList;
import dev.weft.registry.resource.apply.FieldType.Leaf;
import dev.weft.registry.resource.apply.FieldType.ListKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks for elements of lists that cannot be told apart, in the words of kube-apiserver. */
final class ListFaults {
    private static final int MOST = 20;

    private final List<String> faults = new ArrayList<>();
    private final Deque<PathElement> path = new ArrayDeque<>();

    List<String> of(FieldType type, JsonNode value) {
        look(type, value);
        return faults;
    }

    private void look(FieldType type, JsonNode value) {
        if (faults.size() >= MOST) {
            return;
        }
        if (value.isArray()) {
            elements(type, value);
        }
        Topology.visit(type, value, (name, part) -> {
            FieldType below = Topology.below(type, name);
            if (Topology.hasParts(below, part)) {
                path.addLast(name);
                look(below, part);
                path.removeLast();
            }
        });
    }

    private void elements(FieldType type, JsonNode list) {
        Set<PathElement> seen = new HashSet<>();
        for (int i = 0; i < list.size() && faults.size() < MOST; i++) {
            JsonNode element = list.get(i);
            Optional<PathElement> name = Topology.nameOf(type, element);
            if (name.isEmpty()) {
                faults.add(where() + ": element " + i + ": " + nameless(type, element));
            } else if (!seen.add(name.get())) {
                faults.add(where() + ": duplicate entries for key " + name.get());
            }
        }
    }

    private String where() {
        return path.stream().map(PathElement::toString).collect(Collectors.joining());
    }

    private static String nameless(FieldType type, JsonNode element) {
        if (type == Leaf.SET) {
            return "sets can't contain null elements, objects or lists";
        }
        if (type instanceof KeyedList list && element.isObject()) {
            for (ListKey key : list.keys()) {
                if (!element.hasNonNull(key.name()) && key.otherwise() == null) {
                    return "associative list with keys has an element that omits key field \"" + key.name()
                            + "\" (and doesn't have default value)";
                }
            }
            return "associative list with keys has an element whose key is an object or a list";
        }
        return "associative list with keys may not have non-map elements";
    }
}
