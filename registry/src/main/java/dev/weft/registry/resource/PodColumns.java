package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;

/** What {@code kubectl get pods} shows. */
final class PodColumns {
    private PodColumns() {}

    static Columns all() {
        return Columns.named()
                .text("Ready", pod -> PodSummary.of(pod).ready())
                .text("Status", pod -> PodSummary.of(pod).status())
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

    private static String restarts(JsonNode pod, Instant now) {
        PodSummary summary = PodSummary.of(pod);
        return summary.restarts() == 0 || summary.lastRestart().isEmpty()
                ? Integer.toString(summary.restarts())
                : summary.restarts() + " ("
                        + HumanDuration.of(
                                Duration.between(summary.lastRestart().get(), now)) + " ago)";
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
