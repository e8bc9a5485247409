package dev.weft.registry.resource;

import static dev.weft.registry.resource.Samples.RANGES;
import static dev.weft.registry.resource.Samples.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Admission.Admitted;
import dev.weft.registry.resource.Write.FieldValidation;
import dev.weft.registry.resource.Write.Options;
import dev.weft.registry.resource.Write.PatchType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One object and those who write it, one after the other: each admitted write is the next one's present. */
final class Appliers {
    private final KindCatalog kinds = StandardKinds.catalog(RANGES);
    private final Admission admission = new Admission(kinds);
    private Instant now = Samples.NOW;
    private @Nullable ObjectNode object;
    private boolean changed;

    Appliers() {}

    /** Starts with an object that somebody made in another way. */
    Appliers(String created) {
        object = Samples.accepted(Samples.admit(RANGES, created));
    }

    ObjectNode object() {
        return java.util.Objects.requireNonNull(object).deepCopy();
    }

    boolean changed() {
        return changed;
    }

    /** The entry of a manager; missing if he owns nothing. */
    JsonNode entry(String manager) {
        for (JsonNode entry : object().at("/metadata/managedFields")) {
            if (entry.path("manager").asText().equals(manager)) {
                return entry;
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }

    JsonNode fields(String manager) {
        return entry(manager).path("fieldsV1");
    }

    Appliers apply(String manager, String configuration) {
        return admitted(tryApply(manager, "", configuration, false));
    }

    Appliers force(String manager, String configuration) {
        return admitted(tryApply(manager, "", configuration, true));
    }

    Appliers applyStatus(String manager, String configuration) {
        return admitted(tryApply(manager, "status", configuration, false));
    }

    Appliers applyScale(String manager, String configuration) {
        return admitted(tryApply(manager, "scale", configuration, false));
    }

    Refusal refused(String manager, String configuration) {
        return Samples.refused(tryApply(manager, "", configuration, false));
    }

    Refusal refusedStatus(String manager, String configuration) {
        return Samples.refused(tryApply(manager, "status", configuration, false));
    }

    private Admitted tryApply(String manager, String subresource, String configuration, boolean force) {
        return write(PatchType.SERVER_SIDE_APPLY, manager, subresource, configuration, force);
    }

    Appliers merge(String manager, String subresource, String patch) {
        return admitted(write(PatchType.MERGE_PATCH, manager, subresource, patch, false));
    }

    Appliers put(String manager, ObjectNode next) {
        now = now.plusSeconds(1);
        Resource present = Samples.stored(kinds, object());
        Options options = new Options(false, manager, FieldValidation.STRICT);
        return admitted(
                admission.update(present, new Write.Update(present.key(), "", JsonBytes.of(next), options), now));
    }

    private Admitted write(PatchType type, String manager, String subresource, String body, boolean force) {
        now = now.plusSeconds(1);
        JsonNode json = json(body);
        Options options = new Options(false, manager, FieldValidation.STRICT);
        ObjectNode present = object;
        if (present == null) {
            return admission.createByApply(
                    new Write.Patch(
                            Samples.key(kinds, json), subresource, type, new Write.PatchBody(json, force), options),
                    Samples.identity());
        }
        Resource stored = Samples.stored(kinds, present);
        return admission.patch(
                stored,
                new Write.Patch(stored.key(), subresource, type, new Write.PatchBody(json, force), options),
                now);
    }

    private Appliers admitted(Admitted admitted) {
        ObjectNode next = Samples.accepted(admitted);
        next.withObject("/metadata").remove("resourceVersion");
        changed = ((Admitted.Accepted) admitted).changed();
        object = next;
        return this;
    }
}
