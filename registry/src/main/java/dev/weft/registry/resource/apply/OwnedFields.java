package dev.weft.registry.resource.apply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.apply.FieldSet.Node;
import dev.weft.registry.resource.apply.FieldType.Structure;

/** The fields that stand in an object: what whoever wrote it says by it. */
final class OwnedFields {
    private OwnedFields() {}

    /** All fields of a value that has parts; structures on the way are no members, unless they are empty. */
    static FieldSet of(FieldType type, JsonNode value) {
        return node(type, value).below();
    }

    private static Node node(FieldType type, JsonNode value) {
        if (!Topology.hasParts(type, value)) {
            return Node.ITSELF;
        }
        FieldSet.Builder set = new FieldSet.Builder();
        Topology.parts(type, value).forEach((element, part) -> {
            Node below = node(Topology.below(type, element), part);
            // An entry of a map or an element of a list is somebody's as such; a field of a structure is by what is in
            // it.
            boolean itself = below.member() || !(type instanceof Structure) || (part.isObject() && part.isEmpty());
            set.put(element, new Node(itself, below.below()));
        });
        return new Node(false, set.build());
    }
}
