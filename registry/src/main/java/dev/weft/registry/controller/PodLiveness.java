package dev.weft.registry.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.Write;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What silence does to a Node and its Pods, as the writes that are due. Each names the version that was judged. What was
 * taken away because of a node's silence is given back when it is heard of again, but only that. Pure.
 */
final class PodLiveness {
    /** Why a Pod is not ready: nothing was heard of its node. */
    static final String NODE_SILENT = "NodeNotReady";

    /** Why a Pod is not ready: nothing was heard of the agent that runs it. */
    static final String AGENT_LOST = "AgentLost";

    private static final String UNREACHABLE = "node.kubernetes.io/unreachable";

    private PodLiveness() {}

    /** Says that nobody knows how a node is; empty if that is said already. */
    static Optional<Write> nodeSilent(Resource node, Instant now) {
        ObjectNode tree = node.json().toTree();
        ObjectNode ready = condition(tree);
        if (ready == null || ready.path("status").asText().equals("Unknown")) {
            return Optional.empty();
        }
        say(ready, "Unknown", "NodeStatusUnknown", "The node has stopped to give signs of life.", now);
        return Optional.of(status(node, tree));
    }

    /** Says that a Pod is not ready because its node is silent; empty if it is not ready anyway. */
    static Optional<Write> podOfSilentNode(Resource pod, Instant now) {
        ObjectNode tree = pod.json().toTree();
        ObjectNode ready = condition(tree);
        if (LivenessBook.hasLeasingAgent(tree)
                || ready == null
                || !ready.path("status").asText().equals("True")) {
            return Optional.empty();
        }
        say(ready, "False", NODE_SILENT, "Nothing was heard of the node of this pod.", now);
        return Optional.of(status(pod, tree));
    }

    /** Gives back what {@link #podOfSilentNode} took; empty if it took nothing, or somebody has spoken since. */
    static Optional<Write> podOfReturnedNode(Resource pod, Instant now) {
        if (!pod.json().mentions(NODE_SILENT)) {
            return Optional.empty();
        }
        ObjectNode tree = pod.json().toTree();
        ObjectNode ready = condition(tree);
        if (ready == null
                || !ready.path("status").asText().equals("False")
                || !ready.path("reason").asText().equals(NODE_SILENT)) {
            return Optional.empty();
        }
        say(ready, "True", "", "", now);
        return Optional.of(status(pod, tree));
    }

    /** Removes a Pod of a node that was silent for long, unless it tolerates that. */
    static Optional<Write> removalOfSilentNode(Resource pod) {
        JsonNode tree = pod.json().toTree();
        boolean stays = LivenessBook.hasLeasingAgent(tree)
                || tree.path("metadata").hasNonNull("deletionTimestamp")
                || toleratesForEver(tree.path("spec").path("tolerations"));
        return stays ? Optional.empty() : Optional.of(delete(pod, Optional.empty()));
    }

    private static boolean toleratesForEver(JsonNode tolerations) {
        for (JsonNode each : tolerations) {
            String key = each.path("key").asText();
            boolean every = key.isEmpty() && each.path("operator").asText().equals("Exists");
            String effect = each.path("effect").asText();
            if ((every || key.equals(UNREACHABLE))
                    && (effect.isEmpty() || effect.equals("NoExecute"))
                    && !each.hasNonNull("tolerationSeconds")) {
                return true;
            }
        }
        return false;
    }

    /**
     * What becomes of a Pod whose agent is silent: it is said not to be ready, and goes if it was to go anyway, since
     * nobody is left who would end it.
     */
    static Write podWithoutAgent(Resource pod, Instant now) {
        ObjectNode tree = pod.json().toTree();
        if (tree.path("metadata").hasNonNull("deletionTimestamp")) {
            return removal(pod);
        }
        ObjectNode status = tree.withObjectProperty("status");
        status.put("reason", AGENT_LOST);
        status.put("message", "Nothing was heard of the weft run that runs this pod; it was killed or cut off.");
        for (JsonNode each : status.path("conditions")) {
            boolean ready = each.path("type").asText().equals("Ready")
                    || each.path("type").asText().equals("ContainersReady");
            if (ready && each instanceof ObjectNode condition) {
                say(condition, "False", AGENT_LOST, "", now);
            }
        }
        status.path("containerStatuses").forEach(each -> ((ObjectNode) each).put("ready", false));
        return status(pod, tree);
    }

    /** Whether {@link #podWithoutAgent} has been said of a Pod. */
    static boolean isLost(JsonNode pod) {
        return pod.path("status").path("reason").asText().equals(AGENT_LOST);
    }

    /** Removes a Pod at once: nobody is there to end it. */
    static Write removal(Resource pod) {
        return delete(pod, Optional.of(0));
    }

    private static Write delete(Resource pod, Optional<Integer> grace) {
        return new Write.Delete(
                pod.key(),
                new Write.Deletion(Optional.of(pod.uid()), Optional.empty(), Optional.empty(), grace),
                Write.Options.DEFAULT);
    }

    private static @Nullable ObjectNode condition(ObjectNode object) {
        if (object.path("status").path("conditions") instanceof ArrayNode conditions) {
            for (JsonNode each : conditions) {
                if (each instanceof ObjectNode condition
                        && condition.path("type").asText().equals("Ready")) {
                    return condition;
                }
            }
        }
        return null;
    }

    private static void say(ObjectNode condition, String status, String reason, String message, Instant now) {
        if (!condition.path("status").asText().equals(status)) {
            condition.put(
                    "lastTransitionTime", now.truncatedTo(ChronoUnit.SECONDS).toString());
        }
        condition.put("status", status);
        put(condition, "reason", reason);
        put(condition, "message", message);
    }

    private static void put(ObjectNode condition, String field, String text) {
        if (text.isEmpty()) {
            condition.remove(field);
        } else {
            condition.put(field, text);
        }
    }

    /** Fails with a conflict if the object has changed since it was judged: its version is in the tree. */
    private static Write status(Resource object, ObjectNode tree) {
        return new Write.Update(object.key(), "status", JsonBytes.of(tree), Write.Options.DEFAULT);
    }
}
