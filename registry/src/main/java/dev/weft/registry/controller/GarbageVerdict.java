package dev.weft.registry.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.controller.Dependant.Owner;
import dev.weft.registry.lifecycle.Deletion;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides, by Kubernetes' rules of garbage collection, what should be written about an object whose owners changed. */
final class GarbageVerdict {
    private GarbageVerdict() {}

    /**
     * What becomes of a dependant.
     *
     * @param self as it is now
     * @param dependant read from {@code self}
     * @param owners those of its owners that exist now
     * @param owns whether others depend on it in turn
     * @return the write that is due; empty if it stays as it is
     */
    static Optional<Write> ofDependant(
            Resource self, Dependant dependant, Map<ResourceKey, Resource> owners, boolean owns) {
        Set<String> disowned = new HashSet<>();
        Set<String> gone = new HashSet<>();
        boolean solid = false;
        boolean waiting = false;
        for (Owner owner : dependant.owners()) {
            Resource object = owners.get(owner.key());
            if (object == null || !owner.is(object)) {
                gone.add(owner.uid());
                continue;
            }
            JsonNode tree = object.json().toTree();
            if (Deletion.isTerminating(tree) && holds(tree, Deletion.ORPHAN_FINALIZER)) {
                disowned.add(owner.uid());
            } else if (Deletion.isTerminating(tree) && holds(tree, Deletion.FOREGROUND_FINALIZER)) {
                waiting = true;
                gone.add(owner.uid());
            } else {
                solid = true;
            }
        }
        if (!disowned.isEmpty()) {
            return Optional.of(without(self, disowned));
        }
        if (solid) {
            return gone.isEmpty() ? Optional.empty() : Optional.of(without(self, gone));
        }
        if (Deletion.isTerminating(self.json().toTree())) {
            return Optional.empty();
        }
        return Optional.of(
                delete(self, waiting && owns ? Optional.of(Write.Propagation.FOREGROUND) : Optional.empty()));
    }

    /**
     * What becomes of an owner that waits for its dependants.
     *
     * @param self as it is now
     * @param dependants everything that names an object of its key
     * @return the write that lets it go; empty if it must wait
     */
    static Optional<Write> ofOwner(Resource self, List<Dependant> dependants) {
        ObjectNode tree = self.json().toTree();
        if (!Deletion.isTerminating(tree)) {
            return Optional.empty();
        }
        boolean orphaning = holds(tree, Deletion.ORPHAN_FINALIZER);
        boolean held = dependants.stream()
                .flatMap(dependant -> dependant.owners().stream())
                .anyMatch(owner -> owner.key().equals(self.key()) && owner.is(self) && (orphaning || owner.blocks()));
        String finalizer = orphaning ? Deletion.ORPHAN_FINALIZER : Deletion.FOREGROUND_FINALIZER;
        return held || !holds(tree, finalizer)
                ? Optional.empty()
                : Optional.of(update(self, Deletion.withoutFinalizer(tree, finalizer)));
    }

    /** Whether a finalizer keeps an object. */
    static boolean holds(JsonNode object, String finalizer) {
        for (JsonNode each : object.path("metadata").path("finalizers")) {
            if (each.asText().equals(finalizer)) {
                return true;
            }
        }
        return false;
    }

    private static Write without(Resource self, Set<String> owners) {
        ObjectNode tree = self.json().toTree();
        ObjectNode metadata = tree.withObjectProperty("metadata");
        if (metadata.get("ownerReferences") instanceof ArrayNode references) {
            for (int i = references.size() - 1; i >= 0; i--) {
                if (owners.contains(references.get(i).path("uid").asText())) {
                    references.remove(i);
                }
            }
            if (references.isEmpty()) {
                metadata.remove("ownerReferences");
            }
        }
        return update(self, tree);
    }

    /** Fails with a conflict if the object has changed since it was judged: its version is in the tree. */
    private static Write update(Resource self, ObjectNode tree) {
        return new Write.Update(self.key(), "", JsonBytes.of(tree), Write.Options.DEFAULT);
    }

    private static Write delete(Resource self, Optional<Write.Propagation> propagation) {
        return new Write.Delete(
                self.key(),
                new Write.Deletion(Optional.of(self.uid()), Optional.empty(), propagation, Optional.empty()),
                Write.Options.DEFAULT);
    }
}
