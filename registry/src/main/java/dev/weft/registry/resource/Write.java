package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One change that a client asks for. Defaulting, validation and admission happen in the shard that owns the object. */
public sealed interface Write {

    /** What it is about. */
    ResourceKey key();

    /** How to carry it out. */
    Options options();

    /**
     * Makes a new object.
     *
     * @param key with an empty name where the server makes one from {@code metadata.generateName}
     */
    record Create(ResourceKey key, JsonBytes object, Options options) implements Write {}

    /**
     * Replaces an object. The version in the body, where there is one, must be the present one.
     *
     * @param subresource {@code status}, {@code scale}, {@code finalize} (of a Namespace), or empty for the object itself
     *     (whose status then stays)
     */
    record Update(ResourceKey key, String subresource, JsonBytes object, Options options) implements Write {}

    /**
     * Changes an object from its present state; a server-side apply makes it if it is not there.
     *
     * @param patch the body: an object, or an array for JSON patch; in JSON
     * @param subresource as in {@link Update}
     */
    record Patch(ResourceKey key, String subresource, PatchType type, PatchBody patch, Options options)
            implements Write {}

    /** Removes an object, at once or, where finalizers or its kind ask for it, by marking it. */
    record Delete(ResourceKey key, Deletion deletion, Options options) implements Write {}

    /**
     * How to carry out a write.
     *
     * @param dryRun decide and answer, but store nothing
     * @param fieldManager who is said to write; may be empty
     * @param fieldValidation what happens to fields that the kind does not have
     */
    record Options(boolean dryRun, String fieldManager, FieldValidation fieldValidation) {
        /** Stores, names nobody, drops unknown fields silently. */
        public static final Options DEFAULT = new Options(false, "", FieldValidation.IGNORE);
    }

    /**
     * Preconditions and manner of a deletion.
     *
     * @param uid must be the object's, if present
     * @param version must be the object's, if present
     * @param propagation what becomes of the objects that it owns; absent for the kind's default
     * @param gracePeriodSeconds absent for the kind's default; 0 for at once
     */
    record Deletion(
            Optional<String> uid,
            Optional<String> version,
            Optional<Propagation> propagation,
            Optional<Integer> gracePeriodSeconds) {
        /** No preconditions, the kind's defaults. */
        public static final Deletion DEFAULT =
                new Deletion(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** What becomes of dependants. */
    enum Propagation {
        BACKGROUND,
        FOREGROUND,
        ORPHAN
    }

    /** What happens to unknown and doubled fields. */
    enum FieldValidation {
        IGNORE,
        WARN,
        STRICT
    }

    /** The patch formats of Kubernetes. */
    enum PatchType {
        JSON_PATCH,
        MERGE_PATCH,
        STRATEGIC_MERGE_PATCH,
        SERVER_SIDE_APPLY
    }

    /**
     * The body of a patch: any JSON value, not to be changed by anyone.
     *
     * @param force for server-side apply: take over fields that others manage
     * @param presence for server-side apply: on which condition it is carried out
     */
    record PatchBody(JsonNode json, boolean force, Presence presence) {
        /** On no condition. */
        public PatchBody(JsonNode json, boolean force) {
            this(json, force, Presence.ANY);
        }
    }

    /** Whether an object must be there already. */
    enum Presence {
        ANY,
        /** It must: whoever applies may not create. */
        THERE,
        /** It must not: what was judged is a new object. */
        ABSENT
    }

    /** What became of a write. */
    sealed interface Outcome {
        /**
         * Carried out, and on disk unless it was a dry run.
         *
         * @param object the object as it is now; of a removed one, its last state
         * @param effect what happened to it
         * @param warning sentences for the user, a line each; null if there is none
         */
        record Done(
                Resource object, Effect effect, @Nullable String warning) implements Outcome {}

        /** Not carried out; nothing changed. */
        record Refused(Refusal refusal) implements Outcome {}
    }

    /** What a write did. */
    enum Effect {
        CREATED,
        UPDATED,
        UNCHANGED,
        MARKED_FOR_DELETION,
        DELETED
    }
}
