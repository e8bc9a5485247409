package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Namespaces: a finalizer in the spec, which a living one always has, keeps one until everything in it is gone. */
final class NamespaceRules implements KindRules {
    private static final String NAME_LABEL = "kubernetes.io/metadata.name";
    private static final String FINALIZER = "kubernetes";

    @Override
    public List<String> validateName(String name) {
        return Names.dnsLabel(name);
    }

    @Override
    public void applyDefaults(ObjectNode namespace) {
        ObjectNode metadata = Metadata.of(namespace);
        Trees.object(metadata, "labels").put(NAME_LABEL, Trees.text(metadata, "name"));
        if (!Trees.present(metadata, "deletionTimestamp")) {
            keepWhileAlive(Trees.object(namespace, "spec"));
        }
        Trees.putDefault(Trees.object(namespace, "status"), "phase", "Active");
    }

    /** Without it a deletion would not empty the namespace: what is in it would be left, out of reach of any list. */
    private static void keepWhileAlive(ObjectNode spec) {
        ArrayNode finalizers = spec.get("finalizers") instanceof ArrayNode there ? there : spec.putArray("finalizers");
        for (JsonNode each : finalizers) {
            if (each.asText().equals(FINALIZER)) {
                return;
            }
        }
        finalizers.add(FINALIZER);
    }

    @Override
    public List<FieldError> validate(JsonNode namespace) {
        List<FieldError> faults = new FieldErrors();
        JsonNode finalizers = Trees.at(namespace, "spec", "finalizers");
        for (int i = 0; i < finalizers.size(); i++) {
            String name = finalizers.get(i).asText();
            String path = "spec.finalizers[" + i + "]";
            Names.qualifiedName(name)
                    .forEach(why -> FieldErrors.add(faults, () -> FieldError.invalid(path, name, why)));
            Metadata.standardOrQualified(name, path, faults);
        }
        return faults;
    }

    /** The phase tells of the deletion, as {@code ValidateNamespaceStatusUpdate} of Kubernetes has it. */
    @Override
    public List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        String phase = Trees.text(next.path("status"), "phase");
        if (phase.equals(Trees.text(present.path("status"), "phase"))) {
            return List.of();
        }
        boolean ends = Trees.present(next, "metadata", "deletionTimestamp");
        String right = ends ? "Terminating" : "Active";
        return phase.equals(right)
                ? List.of()
                : List.of(FieldError.invalid(
                        "status.Phase",
                        phase,
                        "may only be '" + right + "' if `deletionTimestamp` is " + (ends ? "not " : "") + "empty"));
    }

    /** An update of the object cannot take the finalizer away; only the emptying of the namespace does, or its subresource. */
    @Override
    public void carryOver(ObjectNode next, JsonNode present) {
        ObjectNode spec = Trees.object(next, "spec");
        JsonNode finalizers = Trees.at(present, "spec", "finalizers");
        if (finalizers.isMissingNode()) {
            spec.remove("finalizers");
        } else {
            spec.set("finalizers", finalizers.deepCopy());
        }
    }
}
