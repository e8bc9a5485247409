package dev.weft.registry.resource.apply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.apply.FieldSet.Node;
import dev.weft.registry.resource.apply.FieldType.Structure;

/** The fields that stand in an object: what whoever wrote it says by it. */
final class OwnedFields {
    private OwnedFields() {}

    /** All fields of a value that has parts; structures on the way are no members, unless they are empty. */
    static FieldSet of(FieldType type, JsonNode value) {
        return node(type, value, false).below();
    }

    /** As {@link #of}, of one part; whatever is beneath it is a member, structures as well. */
    static FieldSet everything(FieldType type, JsonNode value) {
        return node(type, value, true).below();
    }

    private static Node node(FieldType type, JsonNode value, boolean structures) {
        if (!Topology.hasParts(type, value)) {
            return Node.ITSELF;
        }
        FieldSet.Builder set = new FieldSet.Builder();
        Topology.visit(type, value, (element, part) -> {
            Node below = node(Topology.below(type, element), part, structures);
            // An entry of a map or an element of a list is somebody's as such; a field of a structure is by what is in
            // it.
            boolean silent =
                    structures ? Comparison.isSilent(type, element) && !part.isEmpty() : type instanceof Structure;
            boolean itself = below.member() || !silent || (part.isObject() && part.isEmpty());
            set.put(element, itself && below.below().isEmpty() ? Node.ITSELF : new Node(itself, below.below()));
        });
        return new Node(false, set.build());
    }
}
