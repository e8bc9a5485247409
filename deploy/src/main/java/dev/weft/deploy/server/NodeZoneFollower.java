package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.view.ResourceFeed;
import dev.weft.registry.endpoints.NodeRecord;
import dev.weft.registry.endpoints.NodeZones;
import dev.weft.registry.endpoints.ZoneShares;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The zone of each node by its name and how the CPUs divide over the zones, as the Node objects say. */
final class NodeZoneFollower implements ResourceFeed.Follower, NodeZones {
    static final String NODES = "/api/v1/nodes";
    static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    private final Map<String, NodeRecord> nodes = new ConcurrentHashMap<>();

    private final AtomicLong changes = new AtomicLong();
    private final AtomicBoolean known = new AtomicBoolean();
    private final Runnable onChange;
    private final Consumer<Runnable> later;
    private final AtomicBoolean waiting = new AtomicBoolean();
    private volatile ZoneShares shares = ZoneShares.NONE;
    /** Whether the shares are older than the nodes; for the thread of the feed alone. */
    private boolean stale;

    /**
     * @param onChange hears after zones or shares have changed, from any thread, once for all that change in the meantime
     * @param later runs what it is given in a while
     */
    NodeZoneFollower(Runnable onChange, Consumer<Runnable> later) {
        this.onChange = onChange;
        this.later = later;
    }

    @Override
    public String of(String node) {
        NodeRecord found = nodes.get(node);
        return found == null ? "" : found.zone();
    }

    @Override
    public boolean known() {
        return known.get();
    }

    @Override
    public ZoneShares shares() {
        return shares;
    }

    @Override
    public long changes() {
        return changes.get();
    }

    @Override
    public void replaced(List<JsonNode> all) {
        boolean changed = nodes.keySet()
                .retainAll(all.stream().map(NodeZoneFollower::name).toList());
        stale |= changed;
        for (JsonNode node : all) {
            changed |= put(node);
        }
        changed |= divide(); // before anyone hears that all are known
        changed |= known.compareAndSet(false, true);
        tell(changed);
    }

    @Override
    public void changed(JsonNode node) {
        boolean moved = put(node);
        tell(divide() || moved);
    }

    @Override
    public void deleted(JsonNode node) {
        NodeRecord gone = nodes.remove(name(node));
        stale |= gone != null;
        tell(divide() || (gone != null && !gone.zone().isEmpty()));
    }

    /** Returns whether the node is in another zone than before. */
    private boolean put(JsonNode node) {
        NodeRecord present = NodeRecord.parse(node);
        NodeRecord before = nodes.put(name(node), present);
        stale |= !present.equals(before);
        return !present.zone().equals(before == null ? "" : before.zone());
    }

    /** Divides the CPUs anew if any node changed in what matters. Returns whether the shares are others now. */
    private boolean divide() {
        if (!stale) {
            return false;
        }
        stale = false;
        ZoneShares before = shares;
        ZoneShares now = ZoneShares.of(nodes.values());
        shares = now;
        return !now.equals(before);
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
