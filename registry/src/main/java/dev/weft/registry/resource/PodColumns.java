package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What {@code kubectl get pods} shows. */
final class PodColumns {
    private PodColumns() {}

    static Columns all() {
        return Columns.named()
                .text("Ready", PodColumns::ready)
                .text("Status", PodColumns::status)
                .timed("Restarts", 0, PodColumns::restarts)
                .age()
                .wide("IP", pod -> Columns.orNone(ip(pod)))
                .wide("Node", pod -> Columns.orNone(Trees.text(pod, "spec", "nodeName")))
                .wide("Nominated Node", pod -> Columns.orNone(Trees.text(pod, "status", "nominatedNodeName")))
                .wide("Readiness Gates", PodColumns::gates);
    }

    private static String ip(JsonNode pod) {
        String first = Trees.text(Trees.at(pod, "status", "podIPs").path(0), "ip");
        return first.isEmpty() ? Trees.text(pod, "status", "podIP") : first;
    }

    private static String ready(JsonNode pod) {
        int ready = 0;
        for (JsonNode status : Trees.at(pod, "status", "containerStatuses")) {
            ready += Trees.at(status, "ready").asBoolean() && Trees.has(status, "state", "running") ? 1 : 0;
        }
        return ready + "/" + Trees.at(pod, "spec", "containers").size();
    }

    /** The phase, or the reason that says more: a waiting or ended container's, else that the pod is going away. */
    private static String status(JsonNode pod) {
        String reason = Trees.text(pod, "status", "reason");
        String shown = reason.isEmpty() ? Trees.text(pod, "status", "phase") : reason;
        boolean running = false;
        JsonNode containers = Trees.at(pod, "status", "containerStatuses");
        for (int i = containers.size() - 1; i >= 0; i--) {
            JsonNode state = containers.get(i).path("state");
            String waiting = Trees.text(state, "waiting", "reason");
            if (!waiting.isEmpty()) {
                shown = waiting;
            } else if (Trees.has(state, "terminated")) {
                shown = terminated(state.path("terminated"));
            } else if (Trees.has(state, "running")) {
                running |= Trees.at(containers.get(i), "ready").asBoolean();
            }
        }
        if (shown.equals("Completed") && running) {
            shown = isReady(pod) ? "Running" : "NotReady";
        }
        if (Trees.present(pod, "metadata", "deletionTimestamp")) {
            return reason.equals("NodeLost") ? "Unknown" : "Terminating";
        }
        return shown;
    }

    private static String terminated(JsonNode state) {
        String reason = Trees.text(state, "reason");
        if (!reason.isEmpty()) {
            return reason;
        }
        int signal = Trees.integer(state, 0, "signal");
        return signal != 0 ? "Signal:" + signal : "ExitCode:" + Trees.integer(state, 0, "exitCode");
    }

    private static boolean isReady(JsonNode pod) {
        for (JsonNode condition : Trees.at(pod, "status", "conditions")) {
            if (Trees.text(condition, "type").equals("Ready")) {
                return Trees.text(condition, "status").equals("True");
            }
        }
        return false;
    }

    private static String restarts(JsonNode pod, Instant now) {
        int restarts = 0;
        Optional<Instant> last = Optional.empty();
        for (JsonNode status : Trees.at(pod, "status", "containerStatuses")) {
            restarts += Trees.integer(status, 0, "restartCount");
            Optional<Instant> ended = Times.read(Trees.text(status, "lastState", "terminated", "finishedAt"));
            if (ended.isPresent() && (last.isEmpty() || ended.get().isAfter(last.get()))) {
                last = ended;
            }
        }
        return restarts == 0 || last.isEmpty()
                ? Integer.toString(restarts)
                : restarts + " (" + HumanDuration.of(Duration.between(last.get(), now)) + " ago)";
    }

    private static String gates(JsonNode pod) {
        JsonNode gates = Trees.at(pod, "spec", "readinessGates");
        if (gates.isEmpty()) {
            return Columns.NONE;
        }
        int met = 0;
        for (JsonNode gate : gates) {
            for (JsonNode condition : Trees.at(pod, "status", "conditions")) {
                boolean same = Trees.text(condition, "type").equals(Trees.text(gate, "conditionType"));
                met += same && Trees.text(condition, "status").equals("True") ? 1 : 0;
            }
        }
        return met + "/" + gates.size();
    }
}
