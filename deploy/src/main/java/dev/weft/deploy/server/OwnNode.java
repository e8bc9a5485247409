package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process as a Node object, so that users and proxies see it like any node of Kubernetes. */
final class OwnNode {
    private static final Logger log = LoggerFactory.getLogger(OwnNode.class);
    private static final ResourceType NODES = new ResourceType("", "nodes");

    private OwnNode() {}

    /** Makes the Node if it is not there, and says that it is ready. */
    static CompletionStage<Void> register(Registry registry, ServerSettings settings, Instant now) {
        ResourceKey key = new ResourceKey(NODES, "", settings.node());
        ObjectNode node = described(settings);
        return registry.write(new Write.Create(key, JsonBytes.of(node), Write.Options.DEFAULT))
                .thenCompose(created -> isThere(created)
                        ? registry.write(merge(key, "", labels(settings)))
                        : CompletableFuture.completedStage(created))
                .thenCompose(present -> registry.write(merge(key, "status", status(settings, now))))
                .thenAccept(outcome -> {
                    if (outcome instanceof Write.Outcome.Refused refused) {
                        log.warn(
                                "The Node {} was not registered: {}",
                                settings.node(),
                                refused.refusal().message());
                    }
                });
    }

    private static boolean isThere(Write.Outcome created) {
        return created instanceof Write.Outcome.Refused refused
                && refused.refusal().reason() == Refusal.Reason.AlreadyExists;
    }

    private static Write merge(ResourceKey key, String subresource, ObjectNode change) {
        return new Write.Patch(
                key,
                subresource,
                Write.PatchType.MERGE_PATCH,
                new Write.PatchBody(change, false),
                Write.Options.DEFAULT);
    }

    private static ObjectNode described(ServerSettings settings) {
        ObjectNode node = labels(settings);
        node.put("apiVersion", "v1").put("kind", "Node");
        ((ObjectNode) node.get("metadata")).put("name", settings.node());
        return node;
    }

    private static ObjectNode labels(ServerSettings settings) {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        ObjectNode labels = change.putObject("metadata").putObject("labels");
        labels.put("kubernetes.io/hostname", settings.node());
        if (!settings.zone().isEmpty()) {
            labels.put(NodeZones.ZONE_LABEL, settings.zone());
        }
        return change;
    }

    private static ObjectNode status(ServerSettings settings, Instant now) {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        ObjectNode status = change.putObject("status");
        status.putArray("addresses")
                .addObject()
                .put("type", "InternalIP")
                .put("address", settings.addresses().api().host());
        String time = now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString();
        status.putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", "True")
                .put("reason", "WeftServing")
                .put("message", "weft is serving")
                .put("lastHeartbeatTime", time)
                .put("lastTransitionTime", time);
        return change;
    }
}
