package dev.weft.api.discovery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/**
 * How lists are merged by a strategic merge patch, told to clients: kubectl computes its patches by this.
 *
 * <p>Source: the {@code patchStrategy} and {@code patchMergeKey} tags of Kubernetes' API types.
 */
final class PatchStrategies {
    /** By structure and field, the field that tells the items of a list apart. */
    private static final Map<String, String> MERGE_KEYS = Map.ofEntries(
            Map.entry("ServiceSpec.ports", "port"),
            Map.entry("ObjectMeta.ownerReferences", "uid"),
            Map.entry("PodSpec.containers", "name"),
            Map.entry("PodSpec.initContainers", "name"),
            Map.entry("PodSpec.ephemeralContainers", "name"),
            Map.entry("PodSpec.volumes", "name"),
            Map.entry("PodSpec.imagePullSecrets", "name"),
            Map.entry("PodSpec.hostAliases", "ip"),
            Map.entry("PodSpec.topologySpreadConstraints", "topologyKey"),
            Map.entry("PodSpec.schedulingGates", "name"),
            Map.entry("PodSpec.resourceClaims", "name"),
            Map.entry("Container.ports", "containerPort"),
            Map.entry("Container.env", "name"),
            Map.entry("Container.volumeMounts", "mountPath"),
            Map.entry("Container.volumeDevices", "devicePath"),
            Map.entry("EphemeralContainer.ports", "containerPort"),
            Map.entry("EphemeralContainer.env", "name"),
            Map.entry("EphemeralContainer.volumeMounts", "mountPath"),
            Map.entry("EphemeralContainer.volumeDevices", "devicePath"),
            Map.entry("PodStatus.podIPs", "ip"),
            Map.entry("PodStatus.hostIPs", "ip"),
            Map.entry("NodeStatus.addresses", "type"),
            Map.entry("ServiceAccount.secrets", "name"),
            Map.entry("ServiceAccount.imagePullSecrets", "name"));

    /** Lists of plain values that are merged as sets. */
    private static final Set<String> SETS = Set.of("ObjectMeta.finalizers", "NodeSpec.podCIDRs");

    private static final Set<String> WITHOUT_CONDITION_KEYS = Set.of("NetworkPolicyStatus", "IngressStatus");

    private PatchStrategies() {}

    /** Adds the extensions to the schema of a field, if it has a strategy. */
    static void describe(String structure, String field, ObjectNode schema) {
        String place = structure + "." + field;
        boolean conditions = field.equals("conditions")
                && structure.endsWith("Status")
                && !WITHOUT_CONDITION_KEYS.contains(structure);
        String key = conditions ? "type" : MERGE_KEYS.get(place);
        if (key != null) {
            schema.put("x-kubernetes-patch-merge-key", key);
            schema.put("x-kubernetes-patch-strategy", place.equals("PodSpec.volumes") ? "merge,retainKeys" : "merge");
        } else if (SETS.contains(place)) {
            schema.put("x-kubernetes-patch-strategy", "merge");
        } else if (place.equals("DeploymentSpec.strategy")) {
            schema.put("x-kubernetes-patch-strategy", "retainKeys");
        }
    }
}
