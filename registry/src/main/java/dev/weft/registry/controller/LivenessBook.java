package dev.weft.registry.controller;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.lifecycle.Deletion;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who gave a sign of life when. A sign is a Lease whose {@code renewTime} has changed; what time it names does not matter,
 * since clocks of other machines may be wrong. Mutable, for one thread; time is what it is handed, from zero on.
 *
 * <p>A node counts if it has a Lease in {@code kube-node-lease}; a Pod if its agent is the one that keeps a Lease of the
 * Pod's name in the Pod's namespace. All others are never judged.
 */
final class LivenessBook {
    static final ResourceType LEASES = new ResourceType("coordination.k8s.io", "leases");
    static final ResourceType PODS = new ResourceType("", "pods");
    static final ResourceType NODES = new ResourceType("", "nodes");
    static final String NODE_LEASES = "kube-node-lease";

    /** The agent that keeps a Lease for each of its Pods: {@code weft run}. */
    static final String LEASING_AGENT = "weft-run";

    private final LifecycleSettings settings;
    private final Map<ResourceKey, Beat> beats = new HashMap<>();
    private final Map<String, NodeState> nodes = new TreeMap<>();
    private final Map<ResourceKey, AgentPod> pods = new HashMap<>();

    LivenessBook(LifecycleSettings settings) {
        this.settings = settings;
    }

    /** The last sign of life. */
    private record Beat(String renewTime, Duration heard, Duration lasts) {}

    /** What is known of a node that gives signs of life. */
    private static final class NodeState {
        private boolean silent;
        private boolean settled;
        private Duration swept = Duration.ZERO;
    }

    /** What is known of a Pod with an agent of its own. */
    private record AgentPod(String uid, Duration since, boolean lost) {}

    /** What should be done. */
    sealed interface Due {
        /**
         * Bring a node and its Pods in line with whether it is heard of.
         *
         * @param lease what was last read of it, to see whether it has spoken since
         * @param remove whether it was silent for so long that its Pods go
         */
        record Sweep(String node, boolean silent, String lease, boolean remove) implements Due {}

        /** A Pod's agent is silent: take its Lease away, and say so in the Pod. */
        record Lose(ResourceKey pod, String uid) implements Due {}

        /** A Pod's agent has been lost for long: remove the Pod. */
        record Remove(ResourceKey pod, String uid) implements Due {}
    }

    /** Takes over what an object became. */
    void apply(ResourceKey key, @Nullable Resource after, Duration now) {
        if (key.type().equals(LEASES)) {
            lease(key, after, now);
        } else if (key.type().equals(PODS)) {
            pod(key, after, now);
        }
    }

    private void lease(ResourceKey key, @Nullable Resource after, Duration now) {
        boolean ofNode = key.namespace().equals(NODE_LEASES);
        if (after == null) {
            // The Lease of a node that is missed stays missed until it is renewed or this book begins anew.
            if (!ofNode) {
                beats.remove(key);
            }
            return;
        }
        JsonNode spec = after.json().toTree().path("spec");
        String renewed = spec.path("renewTime").asText();
        Beat before = beats.get(key);
        if (before == null || !before.renewTime().equals(renewed)) {
            Duration lasts =
                    Duration.ofSeconds(spec.path("leaseDurationSeconds").asInt(1));
            beats.put(key, new Beat(renewed, fromStart(now), lasts));
        }
        if (ofNode) {
            nodes.computeIfAbsent(key.name(), any -> new NodeState());
        }
    }

    private void pod(ResourceKey key, @Nullable Resource after, Duration now) {
        AgentPod pod = after == null ? null : read(after, now);
        if (pod == null) {
            pods.remove(key);
            return;
        }
        AgentPod before = pods.get(key);
        boolean same = before != null && before.uid().equals(pod.uid()) && before.lost() == pod.lost();
        if (!same) {
            pods.put(key, pod);
        }
    }

    private @Nullable AgentPod read(Resource object, Duration now) {
        if (!object.json().mentions(LEASING_AGENT)) {
            return null;
        }
        JsonNode tree = object.json().toTree();
        return hasLeasingAgent(tree) ? new AgentPod(object.uid(), fromStart(now), PodLiveness.isLost(tree)) : null;
    }

    /** Whether a Pod's own Lease tells whether it lives, whatever its node does. */
    static boolean hasLeasingAgent(JsonNode pod) {
        return pod.path("metadata")
                .path("annotations")
                .path(Deletion.AGENT_ANNOTATION)
                .asText()
                .equals(LEASING_AGENT);
    }

    private Duration fromStart(Duration now) {
        return now.compareTo(settings.startGrace()) < 0 ? settings.startGrace() : now;
    }

    /** What is due; what is not done by then is named again the next time. */
    List<Due> due(Duration now) {
        List<Due> all = new ArrayList<>();
        nodes.forEach((name, state) -> {
            Due sweep = sweep(name, state, now);
            if (sweep != null) {
                all.add(sweep);
            }
        });
        pods.forEach((key, pod) -> {
            Due next = next(key, pod, now);
            if (next != null) {
                all.add(next);
            }
        });
        return all;
    }

    private @Nullable Due sweep(String name, NodeState state, Duration now) {
        Beat beat = beats.get(leaseOf(name));
        if (beat == null || now.compareTo(settings.startGrace()) < 0) {
            return null;
        }
        Duration quiet = now.minus(beat.heard());
        boolean silent = quiet.compareTo(settings.nodeGrace()) > 0;
        if (silent != state.silent) {
            state.silent = silent;
            state.settled = false;
        }
        boolean again = silent && now.minus(state.swept).compareTo(settings.sweep()) > 0;
        if (state.settled && !again) {
            return null;
        }
        boolean remove = silent
                && quiet.minus(settings.nodeGrace()).compareTo(settings.podRemoval()) > 0
                && nodes.values().stream().anyMatch(other -> !other.silent);
        return new Due.Sweep(name, silent, beat.renewTime(), remove);
    }

    private @Nullable Due next(ResourceKey key, AgentPod pod, Duration now) {
        Beat beat = beats.get(leaseOf(key));
        Duration heard = beat == null || beat.heard().compareTo(pod.since()) < 0 ? pod.since() : beat.heard();
        Duration quiet = now.minus(heard);
        if (pod.lost()) {
            return quiet.compareTo(settings.agentRemoval()) > 0 ? new Due.Remove(key, pod.uid()) : null;
        }
        Duration patience = beat == null ? settings.startGrace() : beat.lasts();
        return quiet.compareTo(patience) > 0 ? new Due.Lose(key, pod.uid()) : null;
    }

    /** A sweep of a node found nothing more to do, so that the next one can wait. */
    void settled(String node, boolean silent, Duration now) {
        NodeState state = nodes.get(node);
        if (state != null && state.silent == silent) {
            state.settled = true;
            state.swept = now;
        }
    }

    /** Every object that the book says anything of. */
    List<ResourceKey> all() {
        List<ResourceKey> all = new ArrayList<>(beats.keySet());
        all.addAll(pods.keySet());
        return all;
    }

    static ResourceKey leaseOf(String node) {
        return new ResourceKey(LEASES, NODE_LEASES, node);
    }

    static ResourceKey leaseOf(ResourceKey pod) {
        return new ResourceKey(LEASES, pod.namespace(), pod.name());
    }
}
