package dev.weft.registry.federation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.federation.Conditions.Condition;
import dev.weft.registry.resource.Resource;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a ServiceExport is told about itself (rules MCS-2, MCS-7, MCS-8, MCS-14). Pure. */
final class ExportConditions {
    private ExportConditions() {}

    /**
     * The conditions.
     *
     * @param imported what all exports of this name came to; null while this cluster's own is not among them
     */
    static List<Condition> of(ExportPlan.Validity validity, @Nullable ImportedService imported) {
        if (!validity.equals(ExportPlan.Validity.VALID)) {
            return List.of(
                    new Condition("Valid", "False", validity.reason(), validity.message()),
                    new Condition("Ready", "False", "Pending", "Nothing is exported: " + validity.message()),
                    new Condition("Conflict", "False", "NoConflicts", "Nothing is exported."));
        }
        Condition valid = new Condition("Valid", "True", validity.reason(), validity.message());
        if (imported == null) {
            return List.of(
                    valid,
                    new Condition("Ready", "False", "Pending", "The export is being published."),
                    new Condition("Conflict", "False", "NoConflicts", "Not compared yet."));
        }
        boolean conflict = !imported.conflicts().isEmpty();
        return List.of(
                valid,
                new Condition("Ready", "True", "Exported", "The export has been published to the federation."),
                new Condition(
                        "Conflict",
                        conflict ? "True" : "False",
                        imported.conflictReason(),
                        imported.conflictMessage()));
    }

    /** The export with these conditions; null if it has them already. */
    static @Nullable ObjectNode applied(Resource export, List<Condition> wanted, Instant now) {
        ObjectNode json = export.json().toTree();
        JsonNode present = json.path("status").path("conditions");
        ArrayNode merged = Conditions.merge(present, wanted, now);
        if (merged.equals(present)) {
            return null;
        }
        json.withObjectProperty("status").set("conditions", merged);
        return json;
    }
}
