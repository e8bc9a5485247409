package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.ResourceKind.Subresource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the configuration of a server-side apply: of the right kind, with known fields, and with those alone that can be applied. */
final class Configuration {
    private static final String UNKNOWN = "unknown field \"";

    private Configuration() {}

    /** The configuration as a body; refuses one that is no object of the kind. */
    static Parsed<Body> read(ResourceKind kind, Schema schema, Write.Patch write) {
        if (!(write.patch().json() instanceof ObjectNode sent)) {
            return Parsed.invalid(Refusal.badRequest("error decoding YAML: the configuration is no object"));
        }
        if (write.subresource().equals("scale")) {
            return ofScale(kind, sent, write.key());
        }
        String type = type(sent);
        String wanted = type(kind.apiVersion(), kind.kind());
        if (!type.equals(wanted)) {
            return Parsed.invalid(Refusal.badRequest("invalid object type: " + type + ", should be: " + wanted));
        }
        if (Trees.has(sent, "metadata", "managedFields")) {
            return Parsed.invalid(Refusal.badRequest("metadata.managedFields must be nil"));
        }
        ObjectNode object = sent.deepCopy();
        Schema.Findings findings = schema.prune(object);
        List<String> faults = new ArrayList<>(findings.mistyped());
        // However lenient the validation is: what has no type cannot be owned.
        findings.unknown().forEach(unknown -> faults.add(undeclared(unknown)));
        if (!faults.isEmpty()) {
            return Parsed.invalid(untyped(kind, write.key(), faults));
        }
        Metadata.of(object);
        return Parsed.valid(new Body(object, List.of()));
    }

    /** A Scale says one thing of the workload that it stands for. */
    private static Parsed<Body> ofScale(ResourceKind kind, ObjectNode scale, ResourceKey key) {
        String type = type(scale);
        String wanted = type("autoscaling/v1", "Scale");
        if (!type.equals(wanted)) {
            return Parsed.invalid(Refusal.badRequest("invalid object type: " + type + ", should be: " + wanted));
        }
        if (Trees.has(scale, "metadata", "managedFields")) {
            return Parsed.invalid(Refusal.badRequest("metadata.managedFields must be nil"));
        }
        ObjectNode object = scale.objectNode();
        object.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        ObjectNode metadata = object.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion")) {
            if (Trees.present(scale, "metadata", field)) {
                metadata.put(field, Trees.text(scale, "metadata", field));
            }
        }
        JsonNode replicas = Trees.at(scale, "spec", "replicas");
        if (replicas.isMissingNode()) {
            return Parsed.valid(new Body(object, List.of()));
        }
        if (!SchemaType.Leaf.INT32.accepts(replicas)) {
            return Parsed.invalid(
                    untyped(kind, key, List.of(".spec.replicas: expected numeric (int or float), got " + replicas)));
        }
        object.putObject("spec").set("replicas", replicas);
        return Parsed.valid(new Body(object, List.of()));
    }

    /** Why a configuration that asks for a certain object cannot make a new one; empty if it can. */
    static Optional<Refusal> missing(ObjectNode configuration, ResourceKey key) {
        String uid = Trees.text(configuration, "metadata", "uid");
        String version = Trees.text(configuration, "metadata", "resourceVersion");
        if (!uid.isEmpty()) {
            return Optional.of(Refusal.conflict(
                    key,
                    "uid mismatch: the provided object specified uid " + uid + ", and no existing object was found"));
        }
        return version.isEmpty() || version.equals("0")
                ? Optional.empty()
                : Optional.of(Refusal.conflict(
                        key,
                        "the provided object specified resourceVersion " + version
                                + ", and no existing object was found"));
    }

    /**
     * Takes out what cannot be written at this place.
     *
     * @param subresource through which it is applied; empty for the object itself
     */
    static void confine(ResourceKind kind, ObjectNode configuration, String subresource) {
        if (subresource.isEmpty() && kind.subresources().contains(Subresource.STATUS)) {
            configuration.remove("status");
        }
        if (subresource.equals("status")) {
            configuration.retain("apiVersion", "kind", "metadata", "status");
            List<String> metadata = new ArrayList<>(List.of("name", "namespace", "uid", "resourceVersion"));
            if (kind.rules().metadataFollowsStatus()) {
                metadata.addAll(List.of("labels", "annotations", "finalizers"));
            }
            Metadata.of(configuration).retain(metadata);
        }
    }

    /** Why no typed object can be made of a configuration. */
    static Refusal untyped(ResourceKind kind, ResourceKey key, List<String> faults) {
        String where = (key.namespace().isEmpty() ? "" : key.namespace() + "/") + key.name();
        String all = faults.size() == 1 ? faults.get(0) : "errors:\n  " + String.join("\n  ", faults);
        return Refusal.badRequest("failed to create typed patch object (" + where + "; "
                + type(kind.apiVersion(), kind.kind()) + "): " + all);
    }

    private static String undeclared(String unknown) {
        String path = unknown.startsWith(UNKNOWN) ? unknown.substring(UNKNOWN.length(), unknown.length() - 1) : unknown;
        return "." + path + ": field not declared in schema";
    }

    private static String type(ObjectNode object) {
        return type(Trees.text(object, "apiVersion"), Trees.text(object, "kind"));
    }

    /** As Kubernetes' messages name a group, version and kind: {@code /v1, Kind=Service}. */
    private static String type(String apiVersion, String kind) {
        return (apiVersion.contains("/") ? "" : "/") + apiVersion + ", Kind=" + kind;
    }
}
