package dev.weft.registry.federation;

import dev.weft.registry.wire.ExportRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What all clusters agree on of one imported Service.
 *
 * @param decides the cluster of the oldest export, whose word holds in conflicts
 * @param winner the properties of that export
 * @param ports of all clusters, merged
 * @param clusters who exports it, by name
 * @param served which of the ports each cluster's endpoints answer, by port name
 * @param conflicts empty where all exports say the same
 */
record ImportedService(
        String decides,
        ExportRecord.Service winner,
        List<ExportRecord.Port> ports,
        List<String> clusters,
        Map<String, Set<String>> served,
        List<Conflict> conflicts) {

    /** Rule MCS-8; the names are the reasons of the condition. */
    enum Reason {
        PortConflict,
        TypeConflict,
        SessionAffinityConflict,
        SessionAffinityConfigConflict,
        AnnotationsConflict,
        LabelsConflict,
        InternalTrafficPolicyConflict,
        TrafficDistributionConflict,
        IPFamilyConflict
    }

    /** One disagreement: which cluster, which field, what holds. */
    record Conflict(Reason reason, String message) {}

    /** The reasons, each once, joined by commas (rule MCS-8); {@code NoConflicts} where there are none. */
    String conflictReason() {
        return conflicts.isEmpty()
                ? "NoConflicts"
                : conflicts.stream()
                        .map(Conflict::reason)
                        .distinct()
                        .sorted()
                        .map(Reason::name)
                        .collect(Collectors.joining(","));
    }

    String conflictMessage() {
        return conflicts.isEmpty()
                ? "All clusters export the same."
                : conflicts.stream().map(Conflict::message).collect(Collectors.joining(" "));
    }
}
