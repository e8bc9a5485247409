package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.view.ResourceFeed;
import dev.weft.registry.endpoints.NodeZones;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The zone of each node by its name, as its Node object says. */
final class NodeZoneFollower implements ResourceFeed.Follower, NodeZones {
    static final String NODES = "/api/v1/nodes";
    static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    private final Map<String, String> zones = new ConcurrentHashMap<>();

    private final AtomicLong changes = new AtomicLong();
    private final AtomicBoolean known = new AtomicBoolean();
    private final Runnable onChange;
    private final Consumer<Runnable> later;
    private final AtomicBoolean waiting = new AtomicBoolean();

    /**
     * @param onChange hears after zones have changed, from any thread, once for all that change in the meantime
     * @param later runs what it is given in a while
     */
    NodeZoneFollower(Runnable onChange, Consumer<Runnable> later) {
        this.onChange = onChange;
        this.later = later;
    }

    @Override
    public String of(String node) {
        return zones.getOrDefault(node, "");
    }

    @Override
    public boolean known() {
        return known.get();
    }

    @Override
    public long changes() {
        return changes.get();
    }

    @Override
    public void replaced(List<JsonNode> nodes) {
        boolean changed = zones.keySet()
                .retainAll(nodes.stream().map(NodeZoneFollower::name).toList());
        for (JsonNode node : nodes) {
            changed |= put(node);
        }
        changed |= known.compareAndSet(false, true);
        tell(changed);
    }

    @Override
    public void changed(JsonNode node) {
        tell(put(node));
    }

    @Override
    public void deleted(JsonNode node) {
        String zone = zones.remove(name(node));
        tell(zone != null && !zone.isEmpty());
    }

    private boolean put(JsonNode node) {
        String zone = node.path("metadata").path("labels").path(ZONE_LABEL).asText("");
        String before = zones.put(name(node), zone);
        return !zone.equals(before == null ? "" : before);
    }

    private void tell(boolean changed) {
        if (changed) {
            changes.incrementAndGet();
            if (waiting.compareAndSet(false, true)) {
                later.accept(() -> {
                    waiting.set(false);
                    onChange.run();
                });
            }
        }
    }

    @Override
    public void unavailable(String reason) {
        // what was last known stays in use
    }

    private static String name(JsonNode node) {
        return node.path("metadata").path("name").asText();
    }
}
