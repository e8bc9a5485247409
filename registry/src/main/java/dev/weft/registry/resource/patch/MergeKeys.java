package dev.weft.registry.resource.patch;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which lists of Kubernetes' types are merged by which key; all others are replaced whole. Written down from the
 * {@code patchStrategy} and {@code patchMergeKey} tags of the API types.
 */
final class MergeKeys {
    /** The place of lists whose elements are plain values and are merged as a set. */
    static final String PRIMITIVE = "";

    /** By the name of the field, where it means the same wherever it stands. */
    private static final Map<String, String> ANYWHERE = Map.ofEntries(
            Map.entry("containers", "name"),
            Map.entry("initContainers", "name"),
            Map.entry("ephemeralContainers", "name"),
            Map.entry("env", "name"),
            Map.entry("volumes", "name"),
            Map.entry("volumeMounts", "mountPath"),
            Map.entry("volumeDevices", "devicePath"),
            Map.entry("conditions", "type"),
            Map.entry("ownerReferences", "uid"),
            Map.entry("finalizers", PRIMITIVE),
            Map.entry("imagePullSecrets", "name"),
            Map.entry("hostAliases", "ip"),
            Map.entry("topologySpreadConstraints", "topologyKey"),
            Map.entry("secrets", "name"),
            Map.entry("podIPs", "ip"),
            Map.entry("hostIPs", "ip"),
            Map.entry("resourceClaims", "name"),
            Map.entry("podCIDRs", PRIMITIVE));

    private MergeKeys() {}

    /** The key of a list, {@link #PRIMITIVE} for a merged set, null for a list that is replaced. */
    static @Nullable String of(String kind, String path) {
        String field = path.substring(path.lastIndexOf('.') + 1);
        if (field.equals("ports")) {
            return ports(kind, path);
        }
        if (field.equals("addresses")) {
            return kind.equals("Node") ? "type" : null;
        }
        if (field.equals("taints")) {
            return kind.equals("Node") ? "key" : null;
        }
        if (field.equals("conditions") && kind.equals("EndpointSlice")) {
            return null;
        }
        if (field.equals("volumes") && !path.endsWith("spec.volumes")) {
            return null;
        }
        return ANYWHERE.get(field);
    }

    private static @Nullable String ports(String kind, String path) {
        if (kind.equals("Service") && path.equals("spec.ports")) {
            return "port";
        }
        return path.endsWith("ontainers.ports") ? "containerPort" : null;
    }
}
