package dev.weft.deploy.client;

import com.fasterxml.jackson.databind.JsonNode;

/** What the cluster behind an API server is called. */
public final class ClusterName {
    /** Where a Weft server lists the members of its federation. */
    public static final String CLUSTERS = "/apis/mesh.weft.dev/v1alpha1/clusters";

    private ClusterName() {}

    /** Asks the server; {@code weft} where it is one that has no name. */
    public static String of(ApiClient api) {
        return of(api.get(CLUSTERS));
    }

    /** The same from an answer to a question for {@link #CLUSTERS}. */
    public static String of(ApiClient.Reply reply) {
        for (JsonNode cluster : reply.json().path("items")) {
            if (cluster.path("status").path("self").asBoolean()) {
                return cluster.path("metadata").path("name").asText();
            }
        }
        return "weft";
    }
}
