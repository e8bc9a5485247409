package dev.weft.registry.lifecycle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Propagation;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Decides what a wish to delete an object comes to. */
public final class Deletion {
    /** On a Pod: the agent that runs it and will remove it when it has ended. */
    public static final String AGENT_ANNOTATION = "mesh.weft.dev/agent";

    /** Holds an object until its dependants that block it are gone. */
    public static final String FOREGROUND_FINALIZER = "foregroundDeletion";

    /** Holds an object until its dependants have been told to live on without it. */
    public static final String ORPHAN_FINALIZER = "orphan";

    /** Holds a Namespace, in {@code spec.finalizers}, until everything in it is gone. */
    public static final String NAMESPACE_FINALIZER = "kubernetes";

    private static final int DEFAULT_POD_GRACE_SECONDS = 30;

    private Deletion() {}

    /**
     * Decides.
     *
     * @param now the time of the request
     */
    public static Decision decide(ResourceKind kind, Resource present, Write.Deletion wish, Instant now) {
        Optional<Refusal> refusal = preconditions(present, wish);
        if (refusal.isPresent()) {
            return new Decision.Refused(refusal.get());
        }
        ObjectNode object = present.json().toTree();
        ObjectNode metadata = metadata(object);
        boolean marked = metadata.hasNonNull("deletionTimestamp");
        int grace = grace(kind, object, wish);
        boolean changed = finalizersFor(metadata, wish.propagation());
        changed |= marked && shorten(metadata, grace, now);
        if (!marked && (grace > 0 || isHeld(object))) {
            mark(object, metadata, grace, now);
            changed = true;
        }
        if (!isHeld(object) && grace == 0) {
            return new Decision.Removed(object);
        }
        if (!changed) {
            return new Decision.Unchanged();
        }
        metadata.remove("resourceVersion");
        return new Decision.Marked(object);
    }

    /** Whether an object is marked for deletion and nothing keeps it any more, so that it should be removed. */
    public static boolean isReleased(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return metadata.hasNonNull("deletionTimestamp")
                && !isHeld(object)
                && metadata.path("deletionGracePeriodSeconds").asInt(0) == 0;
    }

    /** Whether a Namespace is going away: nothing new may be made in it. */
    public static boolean isTerminating(JsonNode object) {
        return object.path("metadata").hasNonNull("deletionTimestamp");
    }

    /** The refusal for a new object in a namespace that is going away, in Kubernetes' words. */
    public static Refusal namespaceTerminating(ResourceKey key) {
        return Refusal.of(
                Refusal.Reason.Forbidden,
                key,
                key.type() + " \"" + key.name() + "\" is forbidden: unable to create new content in namespace "
                        + key.namespace() + " because it is being terminated");
    }

    /** The Namespace without Kubernetes' own finalizer, once everything in it is gone; other finalizers stay. */
    public static ObjectNode namespaceEmptied(JsonNode namespace) {
        ObjectNode object = namespace.deepCopy();
        if (object.path("spec").path("finalizers") instanceof ArrayNode finalizers) {
            removeText(finalizers, NAMESPACE_FINALIZER);
        }
        return object;
    }

    /** The object without one of its finalizers. */
    public static ObjectNode withoutFinalizer(JsonNode object, String finalizer) {
        ObjectNode copy = object.deepCopy();
        if (copy.path("metadata").path("finalizers") instanceof ArrayNode finalizers) {
            removeText(finalizers, finalizer);
            if (finalizers.isEmpty()) {
                metadata(copy).remove("finalizers");
            }
        }
        return copy;
    }

    private static Optional<Refusal> preconditions(Resource present, Write.Deletion wish) {
        String uid = wish.uid().orElse(present.uid());
        if (!uid.equals(present.uid())) {
            return Optional.of(Refusal.conflict(
                    present.key(),
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + present.uid()));
        }
        String version = wish.version().orElse(Long.toString(present.version()));
        if (!version.equals(Long.toString(present.version()))) {
            return Optional.of(Refusal.conflict(
                    present.key(),
                    "Precondition failed: ResourceVersion in precondition: " + version
                            + ", ResourceVersion in object meta: " + present.version()));
        }
        int grace = wish.gracePeriodSeconds().orElse(0);
        return grace >= 0
                ? Optional.empty()
                : Optional.of(Refusal.badRequest("gracePeriodSeconds is " + grace + ": must be 0 or more"));
    }

    /** How long the object is left to end by itself: only Pods that an agent owns are. */
    private static int grace(ResourceKind kind, JsonNode object, Write.Deletion wish) {
        JsonNode metadata = object.path("metadata");
        boolean owned = kind.kind().equals("Pod")
                && !metadata.path("annotations").path(AGENT_ANNOTATION).asText().isEmpty();
        String phase = object.path("status").path("phase").asText();
        if (!owned || phase.equals("Succeeded") || phase.equals("Failed")) {
            return 0;
        }
        int asked = wish.gracePeriodSeconds()
                .orElseGet(() -> object.path("spec")
                        .path("terminationGracePeriodSeconds")
                        .asInt(DEFAULT_POD_GRACE_SECONDS));
        // a second deletion may shorten what is left, never lengthen it
        return metadata.hasNonNull("deletionTimestamp")
                ? Math.min(asked, metadata.path("deletionGracePeriodSeconds").asInt(asked))
                : Math.max(0, asked);
    }

    private static boolean shorten(ObjectNode metadata, int grace, Instant now) {
        int present = metadata.path("deletionGracePeriodSeconds").asInt(0);
        if (grace >= present) {
            return false;
        }
        metadata.put("deletionGracePeriodSeconds", grace);
        metadata.put("deletionTimestamp", show(now.plusSeconds(grace)));
        return true;
    }

    private static void mark(ObjectNode object, ObjectNode metadata, int grace, Instant now) {
        metadata.put("deletionTimestamp", show(now.plusSeconds(grace)));
        metadata.put("deletionGracePeriodSeconds", grace);
        if (metadata.path("generation").asLong(0) > 0) {
            metadata.put("generation", metadata.path("generation").asLong() + 1);
        }
        if (object.path("kind").asText().equals("Namespace")) {
            ObjectNode status = object.get("status") instanceof ObjectNode there ? there : object.putObject("status");
            status.put("phase", "Terminating");
        }
    }

    /** Foreground and orphan deletion are finalizers that the garbage collector takes away; no wish leaves them. */
    private static boolean finalizersFor(ObjectNode metadata, Optional<Propagation> propagation) {
        if (propagation.isEmpty()) {
            return false;
        }
        ArrayNode finalizers =
                metadata.get("finalizers") instanceof ArrayNode there ? there : metadata.putArray("finalizers");
        ArrayNode before = finalizers.deepCopy();
        removeText(finalizers, FOREGROUND_FINALIZER);
        removeText(finalizers, ORPHAN_FINALIZER);
        switch (propagation.get()) {
            case FOREGROUND -> finalizers.add(FOREGROUND_FINALIZER);
            case ORPHAN -> finalizers.add(ORPHAN_FINALIZER);
            case BACKGROUND -> {}
        }
        boolean changed = !before.equals(finalizers);
        if (finalizers.isEmpty()) {
            metadata.remove("finalizers");
        }
        return changed;
    }

    private static void removeText(ArrayNode list, String text) {
        for (int i = list.size() - 1; i >= 0; i--) {
            if (list.get(i).asText().equals(text)) {
                list.remove(i);
            }
        }
    }

    private static boolean isHeld(JsonNode object) {
        boolean contents = object.path("kind").asText().equals("Namespace")
                && !object.path("spec").path("finalizers").isEmpty();
        return contents || !object.path("metadata").path("finalizers").isEmpty();
    }

    private static ObjectNode metadata(ObjectNode object) {
        return object.get("metadata") instanceof ObjectNode there ? there : object.putObject("metadata");
    }

    private static String show(Instant at) {
        return DateTimeFormatter.ISO_INSTANT.format(at.truncatedTo(ChronoUnit.SECONDS));
    }

    /** What to do. */
    public sealed interface Decision {
        /**
         * Remove it now.
         *
         * @param last its last state, for the answer and the watchers
         */
        record Removed(ObjectNode last) implements Decision {}

        /**
         * Store it like this; it stays until what holds it is gone.
         *
         * @param object complete but for {@code metadata.resourceVersion}
         */
        record Marked(ObjectNode object) implements Decision {}

        /** It was marked already, and nothing about that changes. */
        record Unchanged() implements Decision {}

        record Refused(Refusal refusal) implements Decision {}
    }
}
