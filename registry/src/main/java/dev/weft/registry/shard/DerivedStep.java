package dev.weft.registry.shard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.lifecycle.Deletion;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Write;
import java.time.temporal.ChronoUnit;

/** Carries out reconcilers' writes: trusted, but an object keeps its identity and an unchanged one its version. */
final class DerivedStep {
    private final ShardContext context;
    private final NamespaceLife namespaces;

    DerivedStep(ShardContext context, NamespaceLife namespaces) {
        this.context = context;
        this.namespaces = namespaces;
    }

    void apply(ShardStep step, DerivedWrite write) {
        if (write instanceof DerivedWrite.Put put) {
            put(step, put);
        } else {
            remove(step, write.key());
        }
    }

    private void put(ShardStep step, DerivedWrite.Put put) {
        ObjectNode object = put.object();
        ObjectNode metadata = object.withObjectProperty("metadata");
        Resource present = step.get(put.key());
        if (present == null) {
            if (namespaces.refusal(step, put.key()).isPresent()) {
                // The namespace went away meanwhile; so does what was to be in it.
                return;
            }
            metadata.put("uid", context.uids().get());
            metadata.put(
                    "creationTimestamp",
                    context.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString());
            metadata.put("generation", 1);
            step.put(put.key(), object);
            return;
        }
        ObjectNode before = present.json().toTree();
        for (String kept : new String[] {
            "uid",
            "creationTimestamp",
            "generation",
            "resourceVersion",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "managedFields"
        }) {
            JsonNode value = before.path("metadata").get(kept);
            if (value == null) {
                metadata.remove(kept);
            } else {
                metadata.set(kept, value);
            }
        }
        if (object.equals(before)) {
            return;
        }
        if (!content(object).equals(content(before))) {
            metadata.put("generation", metadata.path("generation").asLong() + 1);
        }
        if (Deletion.isReleased(object) && !put.key().type().equals(Placement.NAMESPACES)) {
            step.remove(present);
        } else {
            step.put(put.key(), object);
        }
    }

    private void remove(ShardStep step, ResourceKey key) {
        Resource present = step.get(key);
        ResourceKind kind = context.kinds().find(key.type());
        if (present == null) {
            return;
        }
        if (kind == null) {
            step.remove(present);
            return;
        }
        Deletion.Decision decision = Deletion.decide(
                kind, present, Write.Deletion.DEFAULT, context.clock().instant());
        if (decision instanceof Deletion.Decision.Marked marked) {
            step.put(key, marked.object());
        } else if (decision instanceof Deletion.Decision.Removed) {
            step.remove(present);
        }
    }

    private static ObjectNode content(ObjectNode object) {
        ObjectNode content = object.deepCopy();
        content.remove("metadata");
        content.remove("status");
        return content;
    }
}
