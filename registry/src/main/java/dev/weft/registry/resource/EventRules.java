package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Events: said about an object of the same namespace. */
final class EventRules implements KindRules {
    /** Events of cluster-scoped objects, whose references have no namespace, live here. */
    private static final String DEFAULT_NAMESPACE = "default";

    @Override
    public void applyDefaults(ObjectNode event) {
        if (!Trees.present(event, "type")) {
            event.put("type", "Normal");
        }
    }

    @Override
    public List<FieldError> validate(JsonNode event) {
        String about = Trees.text(event, "involvedObject", "namespace");
        String own = Trees.text(event, "metadata", "namespace");
        boolean fits = about.isEmpty() ? own.equals(DEFAULT_NAMESPACE) || own.equals("kube-system") : about.equals(own);
        return fits
                ? List.of()
                : List.of(FieldError.invalid("involvedObject.namespace", about, "does not match event.namespace"));
    }
}
