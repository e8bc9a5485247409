package dev.weft.proxy.explanation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an API server says of one service.
 *
 * @param service the Service; null for none
 * @param imported the ServiceImport; null for none
 * @param slices the EndpointSlices of both, and perhaps more
 * @param node the Node that it is seen from; null for none
 * @param clusters the members of the federation ({@code mesh.weft.dev})
 * @param traffic the Service {@code kube-system/weft-traffic}, which holds what is wanted of all traffic; null for none
 * @param federated the FederatedService; null for none
 */
public record Observation(
        @Nullable JsonNode service,
        @Nullable JsonNode imported,
        List<JsonNode> slices,
        @Nullable JsonNode node,
        List<JsonNode> clusters,
        @Nullable JsonNode traffic,
        @Nullable JsonNode federated) {
    public Observation {
        slices = List.copyOf(slices);
        clusters = List.copyOf(clusters);
    }
}
