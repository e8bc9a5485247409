package dev.weft.registry.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.apply.FieldSet;
import dev.weft.registry.resource.apply.ServerSideApply;
import java.util.Map;

/**
 * The annotation in which kubectl's client-side apply remembers what it applied. Whoever goes from there to server-side
 * apply, with kubectl, meets no conflicts over what is still as kubectl left it; and the annotation follows, so that there
 * is a way back.
 *
 * <p>Source: Kubernetes' guide to server-side apply, "Upgrading from client-side apply", and its field manager.
 */
final class LastApplied {
    /** The only manager for whom all this holds. */
    static final String MANAGER = "kubectl";

    private static final String ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private LastApplied() {}

    /** The fields of the remembered configuration that are still as it says. */
    static FieldSet untouched(ServerSideApply rules, ObjectNode live) {
        String remembered = Trees.text(live, "metadata", "annotations", ANNOTATION);
        try {
            JsonNode configuration = MAPPER.readTree(remembered);
            return configuration instanceof ObjectNode object ? rules.sameIn(object, live) : FieldSet.EMPTY;
        } catch (JsonProcessingException e) {
            // Somebody else's writing: it says nothing, and the conflicts stay.
            return FieldSet.EMPTY;
        }
    }

    /** Remembers a configuration, in place, where there is such an annotation. */
    static void remember(ObjectNode object, ObjectNode configuration) {
        if (!Trees.has(object, "metadata", "annotations", ANNOTATION)) {
            return;
        }
        ObjectNode remembered = configuration.deepCopy();
        ObjectNode annotations = Trees.objectOrNull(Metadata.of(remembered), "annotations");
        if (annotations != null) {
            annotations.remove(ANNOTATION);
        }
        try {
            Map<?, ?> sorted = MAPPER.treeToValue(remembered, Map.class);
            Trees.object(Metadata.of(object), "annotations").put(ANNOTATION, MAPPER.writeValueAsString(sorted) + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree that cannot be written: " + object.getNodeType(), e);
        }
    }
}
