package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.ResourceKind.Subresource;
import dev.weft.registry.resource.apply.Conflict;
import dev.weft.registry.resource.apply.FieldSet;
import dev.weft.registry.resource.apply.ManagedFields;
import dev.weft.registry.resource.apply.Owner;
import dev.weft.registry.resource.apply.Ownership;
import dev.weft.registry.resource.apply.ServerSideApply;
import dev.weft.registry.resource.apply.ServerSideApply.Applier;
import dev.weft.registry.resource.apply.ServerSideApply.Result;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries out server-side applies, and keeps {@code metadata.managedFields} of the objects that have met one. All others
 * have no such field and cost nothing: as Kubernetes can, Weft asks whose a field is only from the first apply on, and what an
 * object has by then belongs to {@code before-first-apply}.
 */
final class FieldOwnership {
    private static final String MANAGED_FIELDS = "managedFields";
    private static final String BEFORE_FIRST_APPLY = "before-first-apply";

    /** Who writes when nobody says who: a part of this server. */
    private static final String OURSELVES = "weft";

    /** What only the server says is nobody's. */
    private static final FieldSet NEVER = FieldSet.ofNames(
            List.of("apiVersion"),
            List.of("kind"),
            List.of("metadata"),
            List.of("metadata", "name"),
            List.of("metadata", "namespace"),
            List.of("metadata", "creationTimestamp"),
            List.of("metadata", "selfLink"),
            List.of("metadata", "uid"),
            List.of("metadata", "generation"),
            List.of("metadata", MANAGED_FIELDS),
            List.of("metadata", "resourceVersion"));

    private final Map<ResourceType, ServerSideApply> rules = new HashMap<>();

    FieldOwnership(Map<ResourceType, Schema> schemas) {
        FieldTypes types = new FieldTypes();
        schemas.forEach((type, schema) -> rules.put(type, new ServerSideApply(types.of(schema))));
    }

    /**
     * What came of an apply.
     *
     * @param object the object with the configuration in it, not yet checked
     * @param managedFields who owns what then; null if a configuration says nothing of an object that says nothing
     */
    record Applied(ObjectNode object, @Nullable ArrayNode managedFields) {}

    /**
     * Applies a configuration.
     *
     * @param before the present object; for a new one, only what it is and a bare metadata
     * @param configuration of the kind, with known fields only; what cannot be written at this place is taken out of it
     */
    Parsed<Applied> apply(
            ResourceKind kind, ObjectNode before, ObjectNode configuration, Write.Patch write, Instant now) {
        ServerSideApply rule = rule(kind);
        List<String> faults = rule.faults(configuration);
        if (!faults.isEmpty()) {
            return Parsed.invalid(Configuration.untyped(kind, write.key(), faults));
        }
        Configuration.confine(kind, configuration, write.subresource());
        ObjectNode live = withoutOwners(before);
        String manager = write.options().fieldManager();
        Applier applier = new Applier(manager, write.subresource(), kind.apiVersion(), Times.show(now));
        Ownership ownership = owners(before);
        if (ownership.isEmpty()) {
            ownership = beforeFirstApply(kind, live, applier.time());
        }
        Result result = rule.apply(
                live, configuration, ownership, applier, NEVER, write.patch().force());
        if (manager.equals(LastApplied.MANAGER) && result instanceof Result.Conflicting conflicting) {
            Result.Conflicting rest = conflicting.except(LastApplied.untouched(rule, live));
            result =
                    rest.disputed().isEmpty() ? rule.apply(live, configuration, ownership, applier, NEVER, true) : rest;
        }
        if (result instanceof Result.Conflicting conflicting) {
            return Parsed.invalid(conflict(conflicting.conflicts()));
        }
        Result.Merged merged = (Result.Merged) result;
        if (manager.equals(LastApplied.MANAGER)) {
            LastApplied.remember(merged.object(), configuration);
        }
        return Parsed.valid(new Applied(merged.object(), written(merged.ownership(), before)));
    }

    private Ownership beforeFirstApply(ResourceKind kind, ObjectNode live, String time) {
        ObjectNode there = live.deepCopy();
        if (kind.subresources().contains(Subresource.STATUS)) {
            there.remove("status");
        }
        Owner somebody = Owner.updater(BEFORE_FIRST_APPLY, kind.apiVersion(), "");
        return rule(kind).update(JsonNodeFactory.instance.objectNode(), there, Ownership.NONE, somebody, NEVER, time);
    }

    /**
     * Follows any other write of an object.
     *
     * @param sent the owners that the writer names; missing if he names none
     * @param subresource through which he writes
     * @return who owns what then; null if nobody has asked yet
     */
    @Nullable
    ArrayNode follow(
            ResourceKind kind,
            ObjectNode before,
            ObjectNode next,
            JsonNode sent,
            Write.Options options,
            String subresource,
            Instant now) {
        if (sent.isEmpty() && !Trees.has(before, "metadata", MANAGED_FIELDS)) {
            return null;
        }
        Ownership ownership = named(before, sent, subresource);
        if (ownership.isEmpty()) {
            return null;
        }
        String manager = options.fieldManager().isEmpty() ? OURSELVES : options.fieldManager();
        Owner writer = Owner.updater(manager, kind.apiVersion(), subresource);
        Ownership after = rule(kind)
                .update(withoutOwners(before), withoutOwners(next), ownership, writer, NEVER, Times.show(now));
        return written(after, before);
    }

    /** Whoever writes the whole object may also say whose it is; whoever says nothing, or nonsense, changes nothing. */
    private static Ownership named(ObjectNode before, JsonNode sent, String subresource) {
        if (!subresource.isEmpty() || sent.isEmpty()) {
            return owners(before);
        }
        if (ManagedFields.isReset(sent)) {
            return Ownership.NONE;
        }
        Optional<Ownership> read = ManagedFields.read(sent).filter(some -> !some.isEmpty());
        return read.map(some -> some.stripped(NEVER)).orElseGet(() -> owners(before));
    }

    private static Ownership owners(ObjectNode object) {
        return ManagedFields.read(Trees.at(object, "metadata", MANAGED_FIELDS)).orElse(Ownership.NONE);
    }

    /** As it stands in the object where it is the same, so that an object does not change by being read. */
    private static @Nullable ArrayNode written(Ownership ownership, ObjectNode before) {
        if (ownership.isEmpty()) {
            return null;
        }
        JsonNode there = Trees.at(before, "metadata", MANAGED_FIELDS);
        return there instanceof ArrayNode array && ownership.equals(owners(before))
                ? array.deepCopy()
                : ManagedFields.write(ownership);
    }

    private static ObjectNode withoutOwners(ObjectNode object) {
        if (!Trees.has(object, "metadata", MANAGED_FIELDS)) {
            return object;
        }
        ObjectNode copy = object.deepCopy();
        Metadata.of(copy).remove(MANAGED_FIELDS);
        return copy;
    }

    private ServerSideApply rule(ResourceKind kind) {
        ServerSideApply rule = rules.get(kind.type());
        if (rule == null) {
            throw new IllegalArgumentException("kind " + kind.type() + " is not in the catalog");
        }
        return rule;
    }

    private static Refusal conflict(List<Conflict> conflicts) {
        List<FieldError> causes = conflicts.stream()
                .map(conflict -> new FieldError(
                        conflict.field(), FieldError.Reason.FieldManagerConflict, "conflict with " + conflict.owner()))
                .toList();
        return new Refusal(Refusal.Reason.Conflict, Conflict.message(conflicts), null, "", causes, 0);
    }
}
