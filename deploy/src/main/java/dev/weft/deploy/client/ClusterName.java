package dev.weft.deploy.client;

import com.fasterxml.jackson.databind.JsonNode;

/** What the cluster behind an API server is called. */
public final class ClusterName {
    /** The label that each Weft server puts on its Node. */
    public static final String LABEL = "weft.dev/cluster";

    private ClusterName() {}

    /** Asks the server; {@code weft} where it does not say. */
    public static String of(ApiClient api) {
        for (JsonNode node : api.require("/api/v1/nodes").path("items")) {
            String name = node.path("metadata").path("labels").path(LABEL).asText("");
            if (!name.isEmpty()) {
                return name;
            }
        }
        return "weft";
    }
}
