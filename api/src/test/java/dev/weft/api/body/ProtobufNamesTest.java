package dev.weft.api.body;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.PortRange;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Schema;
import dev.weft.registry.resource.SchemaType;
import dev.weft.registry.resource.StandardKinds;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Protobuf bodies")
class ProtobufNamesTest {
    /** Of an alpha feature of a later release than that of the model. */
    private static final String NEWER = "k8s.io.api.core.v1.NodeAllocatableResourceClaimStatus.resources";

    private final Set<String> nowhere = new TreeSet<>();
    private final Set<String> seen = new HashSet<>();

    @Test
    @DisplayName("name every field of every kind that is served as JSON names it, whatever the message calls it")
    void names() {
        ProtobufKinds messages = new ProtobufKinds();
        NetworkRanges ranges =
                new NetworkRanges(List.of(Cidr.of("127.96.0.0/16")), List.of(), PortRange.KUBERNETES_NODE_PORTS);
        int compared = 0;
        for (ResourceKind kind : StandardKinds.catalog(ranges).served()) {
            Descriptor message = messages.find(kind.apiVersion(), kind.kind());
            if (message != null) {
                compared++;
                compare(message, Schema.of(kind).root());
            }
        }
        assertThat(compared).isGreaterThan(20);
        assertThat(nowhere).isSubsetOf(NEWER);
    }

    private void compare(Descriptor message, SchemaType.Structure structure) {
        if (!seen.add(message.getFullName() + structure.name())) {
            return;
        }
        Map<String, SchemaType> fields = structure.fields();
        for (FieldDescriptor field : message.getFields()) {
            SchemaType type = fields.get(ProtobufJson.name(field));
            if (type == null && !ProtobufJson.isInLine(field)) {
                nowhere.add(message.getFullName() + "." + field.getName());
            } else if (type != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                inner(field, type);
            }
        }
    }

    private void inner(FieldDescriptor field, SchemaType type) {
        SchemaType inner = type instanceof SchemaType.ListOf list ? list.element() : type;
        if (inner instanceof SchemaType.Structure structure) {
            compare(field.getMessageType(), structure);
        }
    }
}
