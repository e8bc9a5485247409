package dev.weft.registry.resource.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.apply.FieldType.KeyedList;
import dev.weft.registry.resource.apply.FieldType.Leaf;
import dev.weft.registry.resource.apply.FieldType.ListKey;
import dev.weft.registry.resource.apply.FieldType.MapOf;
import dev.weft.registry.resource.apply.FieldType.Structure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Takes typed values apart into the parts that can be owned, and tells how their parts are called. */
final class Topology {
    private Topology() {}

    /** Whether a value of this type can be owned in parts, and is of a shape that has them. */
    static boolean hasParts(FieldType type, JsonNode value) {
        if (type instanceof Structure || type instanceof MapOf) {
            return value.isObject();
        }
        return value.isArray() && type != Leaf.ATOMIC;
    }

    /** The type one step down. */
    static FieldType below(FieldType type, PathElement element) {
        if (type instanceof Structure structure && element.kind() == PathElement.Kind.FIELD) {
            return structure.field(element.text());
        }
        if (type instanceof MapOf map && element.kind() == PathElement.Kind.FIELD) {
            return map.value();
        }
        if (type instanceof KeyedList list && element.kind() == PathElement.Kind.KEY) {
            return list.element();
        }
        return Leaf.ATOMIC;
    }

    /** Visits the parts of an object, or the elements of a list that have a name, some of them maybe twice. */
    static void visit(FieldType type, JsonNode value, BiConsumer<PathElement, JsonNode> visitor) {
        if (value.isObject()) {
            value.properties().forEach(entry -> visitor.accept(PathElement.field(entry.getKey()), entry.getValue()));
        } else {
            value.forEach(element -> nameOf(type, element).ifPresent(name -> visitor.accept(name, element)));
        }
    }

    /**
     * The parts of a value that has parts. Elements of a list that cannot be told apart are left out: they lack their key,
     * or stand a second time.
     */
    static Map<PathElement, JsonNode> parts(FieldType type, @Nullable JsonNode value) {
        Map<PathElement, JsonNode> parts = new LinkedHashMap<>();
        if (value == null) {
            return parts;
        }
        visit(type, value, parts::putIfAbsent);
        return parts;
    }

    /** How the element of a list is called; empty if it lacks what it is called by. */
    static Optional<PathElement> nameOf(FieldType type, JsonNode element) {
        if (type == Leaf.SET) {
            return element.isValueNode() && !element.isNull()
                    ? Optional.of(PathElement.value(element))
                    : Optional.empty();
        }
        if (!(type instanceof KeyedList list) || !(element instanceof ObjectNode)) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder("{");
        for (ListKey key : list.keys()) {
            JsonNode value = element.hasNonNull(key.name()) ? element.get(key.name()) : key.otherwise();
            if (value == null || value.isContainerNode()) {
                return Optional.empty();
            }
            PathElement.addKey(text, key.name(), value);
        }
        return Optional.of(
                new PathElement(PathElement.Kind.KEY, text.append('}').toString()));
    }
}
