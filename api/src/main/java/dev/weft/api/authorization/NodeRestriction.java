package dev.weft.api.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.authentication.User;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import java.util.List;
import java.util.Optional;

/**
 * What a proxy-node may write of the kinds that its role lets it write: its own Node, its own Lease, the Lease of the checks, and
 * of EndpointSlices the conditions of endpoints. A role cannot say that, since it knows no names of objects that are yet to be
 * made, and no fields. Pure; source: the admission plugin NodeRestriction of kube-apiserver.
 */
final class NodeRestriction {
    private static final ResourceType NODES = new ResourceType("", "nodes");
    private static final ResourceType LEASES = new ResourceType("coordination.k8s.io", "leases");
    private static final ResourceType SLICES = new ResourceType("discovery.k8s.io", "endpointslices");
    private static final String NODE_LEASES = "kube-node-lease";
    private static final String SYSTEM = "kube-system";
    private static final String CHECKS = "weft-health-checks";

    /** What a server says of itself on its Node; others go by it when they look for servers of the cluster. */
    private static final List<String> OF_SERVERS = List.of("mesh.weft.dev/api", "mesh.weft.dev/gossip");

    /** Empty where the user's name does not tell it: then nothing is its own. */
    private final String node;

    private NodeRestriction(String node) {
        this.node = node;
    }

    /** Of a user; empty for one who is no proxy-node, or may do everything. */
    static Optional<NodeRestriction> of(User user) {
        if (user.isMaster() || !user.groups().contains(User.PROXY_NODES)) {
            return Optional.empty();
        }
        boolean named = user.name().startsWith(User.PROXY_NODE_PREFIX);
        return Optional.of(new NodeRestriction(named ? user.name().substring(User.PROXY_NODE_PREFIX.length()) : ""));
    }

    /** Why it must not write an object of this name, whatever stands in it; empty if it may. */
    Optional<Refusal> objection(ResourceKey key) {
        boolean own = key.name().equals(node) && !node.isEmpty();
        if (key.type().equals(NODES)) {
            return own ? Optional.empty() : forbidden(key, "may write its own Node only");
        }
        if (key.type().equals(LEASES) && key.namespace().equals(NODE_LEASES)) {
            return own ? Optional.empty() : forbidden(key, "may write its own Node's Lease only");
        }
        if (key.type().equals(LEASES) && key.namespace().equals(SYSTEM)) {
            return key.name().equals(CHECKS)
                    ? Optional.empty()
                    : forbidden(key, "may write the Lease " + CHECKS + " only in this namespace");
        }
        return Optional.empty();
    }

    /** Whether it depends on what the write would make of the object. */
    boolean asksForResult(Write write) {
        if ((write instanceof Write.Update update && !update.subresource().isEmpty())
                || (write instanceof Write.Patch patch && !patch.subresource().isEmpty())
                || write instanceof Write.Delete) {
            return false;
        }
        ResourceType type = write.key().type();
        return type.equals(NODES) || type.equals(SLICES);
    }

    /**
     * Why it must not write this.
     *
     * @param present the object as it is; missing where there is none yet
     * @param next the object as it would be
     * @return empty if it may
     */
    Optional<Refusal> objection(ResourceKey key, JsonNode present, JsonNode next) {
        if (key.type().equals(SLICES)) {
            return present.isObject() && withoutConditions(present).equals(withoutConditions(next))
                    ? Optional.empty()
                    : forbidden(key, "may write the conditions of its endpoints only");
        }
        for (String name : OF_SERVERS) {
            if (key.type().equals(NODES) && !annotation(present, name).equals(annotation(next, name))) {
                return forbidden(key, "may not write the annotation " + name + ", which is a server's");
            }
        }
        return Optional.empty();
    }

    private static JsonNode annotation(JsonNode object, String name) {
        return object.path("metadata").path("annotations").path(name);
    }

    private static JsonNode withoutConditions(JsonNode slice) {
        ObjectNode rest = slice.deepCopy();
        if (rest.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove(List.of("managedFields", "resourceVersion", "generation"));
        }
        for (JsonNode endpoint : rest.path("endpoints")) {
            if (endpoint instanceof ObjectNode fields) {
                fields.remove("conditions");
            }
        }
        return rest;
    }

    private Optional<Refusal> forbidden(ResourceKey key, String why) {
        String who = node.isEmpty()
                ? "a proxy-node whose user is not called " + User.PROXY_NODE_PREFIX + "NODE"
                : "proxy-node " + Quoting.quoted(node);
        return Optional.of(Refusal.of(
                Refusal.Reason.Forbidden,
                key,
                key.type() + " \"" + key.name() + "\" is forbidden: " + who + " " + why));
    }
}
