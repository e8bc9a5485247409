package dev.weft.registry.endpoints;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.Quantities;

/**
 * What endpoints need to know of a Node.
 *
 * @param zone empty where its label is absent
 * @param milliCpu what Pods may use of it, in thousandths of a CPU, at most 10^12; 0 where it does not say
 * @param counts whether its CPUs take part in {@link ZoneShares}: it is Ready and not of the control plane
 */
public record NodeRecord(String zone, long milliCpu, boolean counts) {
    /** A million of the largest nodes stay within 64 bits together. */
    private static final long MOST = 1_000_000_000_000L;

    /** Reads a Node. One that says no {@code allocatable} may use all its {@code capacity}, as Kubernetes defaults it. */
    public static NodeRecord parse(JsonNode node) {
        JsonNode labels = node.path("metadata").path("labels");
        JsonNode status = node.path("status");
        JsonNode resources = status.path(status.hasNonNull("allocatable") ? "allocatable" : "capacity");
        boolean controls =
                labels.has("node-role.kubernetes.io/control-plane") || labels.has("node-role.kubernetes.io/master");
        return new NodeRecord(
                labels.path(EndpointTypes.ZONE).asText(""),
                Quantities.millis(resources.path("cpu").asText(""), MOST),
                !controls && isReady(status));
    }

    private static boolean isReady(JsonNode status) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText("").equals("Ready")) {
                return condition.path("status").asText("").equals("True");
            }
        }
        return false;
    }
}
