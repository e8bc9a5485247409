package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.gossip.Gossip;
import dev.weft.gossip.HostPort;
import dev.weft.proxy.view.ResourceFeed;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells gossip where the other processes of this cluster take part in the federation, as their Nodes say. */
final class GossipBeside implements ResourceFeed.Follower {
    private static final Logger log = LoggerFactory.getLogger(GossipBeside.class);

    private final Gossip gossip;
    private final String self;
    private final Map<String, HostPort> addresses = new ConcurrentHashMap<>();

    /** @param self the name of the Node of this process */
    GossipBeside(Gossip gossip, String self) {
        this.gossip = gossip;
        this.self = self;
    }

    @Override
    public void replaced(List<JsonNode> nodes) {
        addresses.keySet().retainAll(nodes.stream().map(GossipBeside::name).toList());
        nodes.forEach(this::note);
        tell();
    }

    @Override
    public void changed(JsonNode node) {
        HostPort before = addresses.get(name(node));
        note(node);
        if (!Objects.equals(before, addresses.get(name(node)))) {
            tell();
        }
    }

    @Override
    public void deleted(JsonNode node) {
        if (addresses.remove(name(node)) != null) {
            tell();
        }
    }

    @Override
    public void unavailable(String reason) {
        // what was last known stays in use
    }

    private void note(JsonNode node) {
        String address = node.path("metadata")
                .path("annotations")
                .path(NodeObjects.GOSSIP)
                .asText("");
        if (address.isEmpty() || name(node).equals(self)) {
            addresses.remove(name(node));
            return;
        }
        try {
            addresses.put(name(node), HostPort.parse(address));
        } catch (IllegalArgumentException e) {
            addresses.remove(name(node));
            log.warn("The Node {} has an unusable annotation {}: {}", name(node), NodeObjects.GOSSIP, e.getMessage());
        }
    }

    private void tell() {
        gossip.beside(List.copyOf(addresses.values()));
    }

    private static String name(JsonNode node) {
        return node.path("metadata").path("name").asText();
    }
}
