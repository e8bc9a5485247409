package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a Pod has come, as {@code kubectl get pods} tells it: first through its init containers, then with its
 * containers. A sidecar is an init container that is started again whenever it ends; it counts as a container.
 */
final class PodSummary {
    private final JsonNode pod;
    private String reason;
    private int ready;
    private int restarts;
    private int sidecarRestarts;
    private Optional<Instant> lastRestart = Optional.empty();
    private Optional<Instant> lastSidecarRestart = Optional.empty();

    private PodSummary(JsonNode pod) {
        this.pod = pod;
        String told = Trees.text(pod, "status", "reason");
        reason = told.isEmpty() ? Trees.text(pod, "status", "phase") : told;
        if (condition("PodScheduled", "reason").equals("SchedulingGated")) {
            reason = "SchedulingGated";
        }
        boolean initializing = initContainers();
        if (!initializing || condition("Initialized", "status").equals("True")) {
            containers();
        }
    }

    static PodSummary of(JsonNode pod) {
        return new PodSummary(pod);
    }

    /** E.g. {@code 1/2}. */
    String ready() {
        int total = Trees.at(pod, "spec", "containers").size();
        for (JsonNode container : Trees.at(pod, "spec", "initContainers")) {
            total += isSidecar(container) ? 1 : 0;
        }
        return ready + "/" + total;
    }

    /** The phase, or what says more: e.g. {@code Init:0/2}, {@code CrashLoopBackOff}, {@code Terminating}. */
    String status() {
        if (Trees.present(pod, "metadata", "deletionTimestamp")) {
            String phase = Trees.text(pod, "status", "phase");
            if (Trees.text(pod, "status", "reason").equals("NodeLost")) {
                return "Unknown";
            }
            return phase.equals("Succeeded") || phase.equals("Failed") ? reason : "Terminating";
        }
        return reason;
    }

    int restarts() {
        return restarts;
    }

    /** When the container that ended last did so, as far as it was started again. */
    Optional<Instant> lastRestart() {
        return lastRestart;
    }

    /** Whether one of them is not done yet; its state is the Pod's. */
    private boolean initContainers() {
        JsonNode statuses = Trees.at(pod, "status", "initContainerStatuses");
        for (int i = 0; i < statuses.size(); i++) {
            JsonNode status = statuses.get(i);
            boolean sidecar = isSidecar(initContainer(Trees.text(status, "name")));
            int count = Trees.integer(status, 0, "restartCount");
            restarts += count;
            lastRestart = later(lastRestart, status);
            if (sidecar) {
                sidecarRestarts += count;
                lastSidecarRestart = later(lastSidecarRestart, status);
            }
            JsonNode state = status.path("state");
            boolean done = Trees.has(state, "terminated") && Trees.integer(state, 0, "terminated", "exitCode") == 0;
            if (!done && sidecar && Trees.at(status, "started").asBoolean()) {
                ready += Trees.at(status, "ready").asBoolean() ? 1 : 0;
            } else if (!done) {
                reason = "Init:" + unfinished(state, i);
                return true;
            }
        }
        return false;
    }

    private String unfinished(JsonNode state, int place) {
        if (Trees.has(state, "terminated")) {
            return terminated(state.path("terminated"));
        }
        String waiting = Trees.text(state, "waiting", "reason");
        return waiting.isEmpty() || waiting.equals("PodInitializing")
                ? place + "/" + Trees.at(pod, "spec", "initContainers").size()
                : waiting;
    }

    private void containers() {
        restarts = sidecarRestarts;
        lastRestart = lastSidecarRestart;
        boolean running = false;
        JsonNode statuses = Trees.at(pod, "status", "containerStatuses");
        for (int i = statuses.size() - 1; i >= 0; i--) {
            JsonNode status = statuses.get(i);
            restarts += Trees.integer(status, 0, "restartCount");
            lastRestart = later(lastRestart, status);
            JsonNode state = status.path("state");
            String waiting = Trees.text(state, "waiting", "reason");
            if (!waiting.isEmpty()) {
                reason = waiting;
            } else if (Trees.has(state, "terminated")) {
                reason = terminated(state.path("terminated"));
            } else if (Trees.at(status, "ready").asBoolean() && Trees.has(state, "running")) {
                running = true;
                ready++;
            }
        }
        if (reason.equals("Completed") && running) {
            reason = condition("Ready", "status").equals("True") ? "Running" : "NotReady";
        }
    }

    private static Optional<Instant> later(Optional<Instant> known, JsonNode status) {
        Optional<Instant> ended = Times.read(Trees.text(status, "lastState", "terminated", "finishedAt"));
        boolean news = ended.isPresent() && (known.isEmpty() || ended.get().isAfter(known.get()));
        return news ? ended : known;
    }

    private static String terminated(JsonNode state) {
        String told = Trees.text(state, "reason");
        if (!told.isEmpty()) {
            return told;
        }
        int signal = Trees.integer(state, 0, "signal");
        return signal != 0 ? "Signal:" + signal : "ExitCode:" + Trees.integer(state, 0, "exitCode");
    }

    private String condition(String type, String field) {
        for (JsonNode condition : Trees.at(pod, "status", "conditions")) {
            if (Trees.text(condition, "type").equals(type)) {
                return Trees.text(condition, field);
            }
        }
        return "";
    }

    private JsonNode initContainer(String name) {
        for (JsonNode container : Trees.at(pod, "spec", "initContainers")) {
            if (Trees.text(container, "name").equals(name)) {
                return container;
            }
        }
        return MissingNode.getInstance();
    }

    private static boolean isSidecar(JsonNode initContainer) {
        return Trees.text(initContainer, "restartPolicy").equals("Always");
    }
}
