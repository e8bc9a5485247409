package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A node of this mesh as objects: the Node, its status, and the Lease that is its sign of life. Pure.
 *
 * @param zone empty if nobody said
 * @param address where it can be reached
 * @param gossip where it listens for other clusters, {@code HOST:PORT}; empty where it does not
 * @param api where others reach the API that it serves, e.g. {@code https://192.0.2.1:8443}; empty where it serves none
 * @param version of this program
 * @param capacity what it has
 */
record NodeObjects(
        String name, String zone, String address, String gossip, String api, String version, NodeCapacity capacity) {
    /** On a Node: who registered it and gives its signs of life. */
    static final String AGENT = "mesh.weft.dev/agent";

    /** On a Node: where its process takes part in the federation, for the other processes of its cluster. */
    static final String GOSSIP = "mesh.weft.dev/gossip";

    /** On a Node: where its process serves the API of the cluster. */
    static final String API = "mesh.weft.dev/api";

    private static final String SERVING = "WeftServing";
    private static final String STOPPED = "WeftStopped";
    private static final int LEASE_PARTS = 4;
    private static final DateTimeFormatter MICROS =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

    /** The whole Node, for one that is not there. */
    ObjectNode node(Instant now) {
        ObjectNode node = labels();
        node.put("apiVersion", "v1").put("kind", "Node");
        ((ObjectNode) node.get("metadata")).put("name", name);
        node.setAll(status(now));
        return node;
    }

    /** What this node says of itself where a Node is there already. */
    ObjectNode labels() {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        ObjectNode metadata = change.putObject("metadata");
        ObjectNode annotations = metadata.putObject("annotations").put(AGENT, "weft");
        if (!gossip.isEmpty()) {
            annotations.put(GOSSIP, gossip);
        }
        if (!api.isEmpty()) {
            annotations.put(API, api);
        }
        ObjectNode labels = metadata.putObject("labels");
        labels.put("kubernetes.io/hostname", name);
        if (!zone.isEmpty()) {
            labels.put(NodeZoneFollower.ZONE_LABEL, zone);
        }
        return change;
    }

    /** It is there, and serves. */
    ObjectNode status(Instant now) {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        ObjectNode status = change.putObject("status");
        capacity.writeTo(status);
        var addresses = status.putArray("addresses");
        addresses.addObject().put("type", "InternalIP").put("address", address);
        addresses.addObject().put("type", "Hostname").put("address", name);
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        status.putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", "True")
                .put("reason", SERVING)
                .put("message", "weft is serving")
                .put("lastHeartbeatTime", time)
                .put("lastTransitionTime", time);
        status.putObject("nodeInfo")
                .put("kubeletVersion", "weft-" + version)
                .put("operatingSystem", "linux")
                .put("osImage", System.getProperty("os.name", "unknown"))
                .put("kernelVersion", System.getProperty("os.version", "unknown"))
                .put("architecture", System.getProperty("os.arch", "unknown"))
                .put("containerRuntimeVersion", "weft://" + version)
                .put("kubeProxyVersion", "weft-" + version);
        return change;
    }

    /**
     * It goes, since it was stopped, as a kubelet says when its machine is shut down (KEP-2000). Other conditions stay.
     *
     * @param present the Node as it is
     */
    static ObjectNode stopped(JsonNode present, Instant now) {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        ArrayNode conditions = change.putObject("status").putArray("conditions");
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        for (JsonNode each : present.path("status").path("conditions")) {
            JsonNode condition = each.deepCopy();
            if (isReadiness(condition)) {
                ((ObjectNode) condition)
                        .put("status", "False")
                        .put("reason", STOPPED)
                        .put("message", "weft was stopped")
                        .put("lastHeartbeatTime", time)
                        .put("lastTransitionTime", time);
            }
            conditions.add(condition);
        }
        return change;
    }

    /** A new Lease, which goes with its Node. */
    ObjectNode lease(String nodeUid, Duration heartbeat, Instant now) {
        ObjectNode lease = renewal(now);
        lease.put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
        ObjectNode metadata = lease.putObject("metadata");
        metadata.put("name", name).put("namespace", "kube-node-lease");
        metadata.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "v1")
                .put("kind", "Node")
                .put("name", name)
                .put("uid", nodeUid);
        ((ObjectNode) lease.get("spec"))
                .put("holderIdentity", name)
                .put(
                        "leaseDurationSeconds",
                        Math.max(1, heartbeat.multipliedBy(LEASE_PARTS).toSeconds()));
        return lease;
    }

    /** A sign of life. */
    ObjectNode renewal(Instant now) {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        change.putObject("spec").put("renewTime", MICROS.format(now));
        return change;
    }

    /** Whether a Node is one that a Weft process registered; a kubelet's or a hand-written one is left alone. */
    static boolean isOurs(JsonNode node) {
        return node.path("metadata").path("annotations").has(AGENT)
                || readiness(node).path("reason").asText().equals(SERVING);
    }

    /** Where the process of a Node serves the API; empty if it does not say so, or not in a form that can be read. */
    static Optional<URI> api(JsonNode node) {
        String text = node.path("metadata").path("annotations").path(API).asText("");
        try {
            URI uri = new URI(text);
            boolean whole = uri.getScheme() != null && uri.getHost() != null && uri.getPort() > 0;
            return whole ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    static boolean isReady(JsonNode node) {
        return readiness(node).path("status").asText().equals("True");
    }

    private static JsonNode readiness(JsonNode node) {
        for (JsonNode condition : node.path("status").path("conditions")) {
            if (isReadiness(condition)) {
                return condition;
            }
        }
        return JsonNodeFactory.instance.missingNode();
    }

    private static boolean isReadiness(JsonNode condition) {
        return condition.path("type").asText().equals("Ready");
    }
}
