package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.ResourceKind.Subresource;
import java.util.List;

/** The {@code scale} subresource: how many replicas a workload has, as an {@code autoscaling/v1} Scale. */
public final class Scale {
    /** What a table shows of a Scale. */
    public static final List<Column> COLUMNS = Columns.named()
            .number("Desired", scale -> Trees.integer(scale, 0, "spec", "replicas"))
            .number("Available", scale -> Trees.integer(scale, 0, "status", "replicas"))
            .age()
            .done();

    private static final ResourceType SCALES = new ResourceType("autoscaling", "scales");

    private Scale() {}

    /** The Scale of a workload. */
    public static ObjectNode of(ResourceKind kind, JsonNode workload) {
        ObjectNode scale = JsonNodeFactory.instance.objectNode();
        scale.put("kind", "Scale").put("apiVersion", "autoscaling/v1");
        ObjectNode metadata = scale.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            if (Trees.has(workload, "metadata", field)) {
                metadata.put(field, Trees.text(workload, "metadata", field));
            }
        }
        scale.putObject("spec").put("replicas", Trees.integer(workload, 0, "spec", "replicas"));
        ObjectNode status = scale.putObject("status");
        status.put("replicas", Trees.integer(workload, 0, "status", "replicas"));
        LabelSelector selector = LabelSelector.of(Trees.at(workload, "spec", "selector"));
        if (!selector.isEverything()) {
            status.put("selector", selector.toString());
        }
        return scale;
    }

    /** The workload as a Scale wants it. */
    static Parsed<Body> apply(ResourceKind kind, ObjectNode workload, JsonNode scale) {
        if (!kind.subresources().contains(Subresource.SCALE)) {
            return Parsed.invalid(Refusal.badRequest(kind.kind() + " cannot be scaled"));
        }
        String sent = Trees.text(scale, "kind");
        if (!scale.isObject() || !(sent.isEmpty() || sent.equals("Scale"))) {
            return Parsed.invalid(Refusal.badRequest(
                    "the object provided is unrecognized (must be of type Scale): its kind is \"" + sent + "\""));
        }
        JsonNode replicas = Trees.at(scale, "spec", "replicas");
        if (!replicas.isMissingNode() && !SchemaType.Leaf.INT32.accepts(replicas)) {
            return Parsed.invalid(Refusal.badRequest("Scale in version \"v1\" cannot be handled as a Scale: json:"
                    + " cannot unmarshal " + replicas + " into Go struct field ScaleSpec.spec.replicas of type int32"));
        }
        if (replicas.asInt(0) < 0) {
            FieldError negative = FieldError.invalid("spec.replicas", replicas, "must be greater than or equal to 0");
            ResourceKey key = new ResourceKey(
                    SCALES, Trees.text(workload, "metadata", "namespace"), Trees.text(workload, "metadata", "name"));
            return Parsed.invalid(Refusal.invalid(key, "Scale", List.of(negative)));
        }
        ObjectNode next = workload.deepCopy();
        Trees.object(next, "spec").put("replicas", replicas.asInt(0));
        ObjectNode metadata = Metadata.of(next);
        metadata.remove("resourceVersion");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion")) {
            if (Trees.present(scale, "metadata", field)) {
                metadata.put(field, Trees.text(scale, "metadata", field));
            }
        }
        return Parsed.valid(new Body(next, List.of()));
    }

    static Refusal missing(ResourceKey key) {
        return Refusal.of(Refusal.Reason.NotFound, key, "the server could not find the requested resource");
    }
}
