package dev.weft.registry.resource.apply;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How far a value can be owned in parts: the topology of a kind, as its list types and map types declare it. */
public sealed interface FieldType {

    /** A type without parts of its own. */
    enum Leaf implements FieldType {
        /** Owned as a whole: a plain value, or a list, map or structure that is declared atomic. */
        ATOMIC,
        /** A list of plain values, each of which is owned by itself; their order means nothing. */
        SET
    }

    /**
     * An object with known fields, each owned by itself.
     *
     * @param source reads the fields by name when first asked for, so that a type may contain itself
     */
    record Structure(Supplier<Map<String, FieldType>> source) implements FieldType {
        /** The type of a field; one that is not known is owned as a whole. */
        FieldType field(String name) {
            return source.get().getOrDefault(name, Leaf.ATOMIC);
        }

        boolean declares(String name) {
            return source.get().containsKey(name);
        }
    }

    /** An object with any names, each entry owned by itself. */
    record MapOf(FieldType value) implements FieldType {}

    /**
     * A list of objects, each of which is told apart by the values of some of its fields.
     *
     * @param keys in the order of their names
     */
    record KeyedList(List<ListKey> keys, FieldType element) implements FieldType {
        public KeyedList {
            keys = keys.stream().sorted(Comparator.comparing(ListKey::name)).toList();
        }
    }

    /**
     * A field that tells the elements of a list apart.
     *
     * @param otherwise what an element that lacks it is taken to have; null if it must not lack it
     */
    record ListKey(String name, @Nullable JsonNode otherwise) {}
}
