package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.view.ResourceFeed;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The zone of each node by its name, as its Node object says. */
final class NodeZones implements ResourceFeed.Follower {
    static final String NODES = "/api/v1/nodes";
    static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    private final Map<String, String> zones = new ConcurrentHashMap<>();

    /** Empty where nobody said. */
    String of(String node) {
        return zones.getOrDefault(node, "");
    }

    @Override
    public void replaced(List<JsonNode> nodes) {
        zones.keySet().retainAll(nodes.stream().map(NodeZones::name).toList());
        nodes.forEach(this::changed);
    }

    @Override
    public void changed(JsonNode node) {
        zones.put(
                name(node),
                node.path("metadata").path("labels").path(ZONE_LABEL).asText(""));
    }

    @Override
    public void deleted(JsonNode node) {
        zones.remove(name(node));
    }

    @Override
    public void unavailable(String reason) {
        // what was last known stays in use
    }

    private static String name(JsonNode node) {
        return node.path("metadata").path("name").asText();
    }
}
