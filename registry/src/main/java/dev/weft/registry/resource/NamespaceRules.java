package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Namespaces: a finalizer in the spec keeps one until everything in it is gone. */
final class NamespaceRules implements KindRules {
    private static final String NAME_LABEL = "kubernetes.io/metadata.name";

    @Override
    public List<String> validateName(String name) {
        return Names.dnsLabel(name);
    }

    @Override
    public void applyDefaults(ObjectNode namespace) {
        ObjectNode metadata = Metadata.of(namespace);
        Trees.object(metadata, "labels").put(NAME_LABEL, Trees.text(metadata, "name"));
        ObjectNode spec = Trees.object(namespace, "spec");
        if (!spec.has("finalizers") && !Trees.present(metadata, "deletionTimestamp")) {
            spec.putArray("finalizers").add("kubernetes");
        }
        Trees.putDefault(Trees.object(namespace, "status"), "phase", "Active");
    }

    /** An update of the object cannot take the finalizer away; only the emptying of the namespace does. */
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
