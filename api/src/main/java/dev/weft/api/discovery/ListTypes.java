package dev.weft.api.discovery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.SchemaType;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which lists are maps by some fields of their items, which are sets, and which are one value: told to clients that compare or
 * merge objects by field. It must say the same as what the registry applies by ({@code FieldTypes} in {@code registry.resource}).
 *
 * <p>Source: the {@code listType} and {@code listMapKey} tags of Kubernetes' API types.
 */
final class ListTypes {
    /** By structure and field, the fields that tell the items apart. */
    private static final Map<String, List<String>> MAPS = Map.ofEntries(
            Map.entry("ServiceSpec.ports", List.of("port", "protocol")),
            Map.entry("ObjectMeta.ownerReferences", List.of("uid")),
            Map.entry("PodSpec.containers", List.of("name")),
            Map.entry("PodSpec.initContainers", List.of("name")),
            Map.entry("PodSpec.ephemeralContainers", List.of("name")),
            Map.entry("PodSpec.volumes", List.of("name")),
            Map.entry("PodSpec.imagePullSecrets", List.of("name")),
            Map.entry("PodSpec.hostAliases", List.of("ip")),
            Map.entry("PodSpec.resourceClaims", List.of("name")),
            Map.entry("PodSpec.schedulingGates", List.of("name")),
            Map.entry("PodSpec.topologySpreadConstraints", List.of("topologyKey", "whenUnsatisfiable")),
            Map.entry("Container.ports", List.of("containerPort", "protocol")),
            Map.entry("Container.env", List.of("name")),
            Map.entry("Container.volumeMounts", List.of("mountPath")),
            Map.entry("Container.volumeDevices", List.of("devicePath")),
            Map.entry("EphemeralContainer.ports", List.of("containerPort", "protocol")),
            Map.entry("EphemeralContainer.env", List.of("name")),
            Map.entry("EphemeralContainer.volumeMounts", List.of("mountPath")),
            Map.entry("EphemeralContainer.volumeDevices", List.of("devicePath")),
            Map.entry("ResourceRequirements.claims", List.of("name")),
            Map.entry("ContainerStatus.volumeMounts", List.of("mountPath")),
            Map.entry("ContainerStatus.allocatedResourcesStatus", List.of("name")),
            Map.entry("PodStatus.podIPs", List.of("ip")),
            Map.entry("PodStatus.resourceClaimStatuses", List.of("name")),
            Map.entry("NodeStatus.addresses", List.of("type")),
            Map.entry("ServiceAccount.secrets", List.of("name")),
            Map.entry("Status.clusters", List.of("cluster")));

    private static final Set<String> SETS = Set.of("ObjectMeta.finalizers", "NodeSpec.podCIDRs", "Endpoint.addresses");

    private ListTypes() {}

    /** Adds the extensions to the schema of a field that is a list. A list of which nothing is known is one value. */
    static void describe(String structure, String field, SchemaType type, ObjectNode schema) {
        if (!(type instanceof SchemaType.ListOf)) {
            return;
        }
        String place = structure + "." + field;
        boolean conditions =
                field.equals("conditions") && structure.endsWith("Status") && !structure.equals("JobStatus");
        List<String> keys = conditions ? List.of("type") : MAPS.get(place);
        if (keys != null) {
            ArrayNode told = schema.put("x-kubernetes-list-type", "map").putArray("x-kubernetes-list-map-keys");
            keys.forEach(told::add);
        } else {
            schema.put("x-kubernetes-list-type", SETS.contains(place) ? "set" : "atomic");
        }
    }
}
