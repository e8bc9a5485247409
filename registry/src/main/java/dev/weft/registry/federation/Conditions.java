package dev.weft.registry.federation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The conditions of ServiceExports and ServiceImports (rule MCS-14). Pure. */
final class Conditions {
    private Conditions() {}

    /** @param status {@code True}, {@code False} or {@code Unknown} */
    record Condition(String type, String status, String reason, String message) {}

    /**
     * The conditions as a list: a condition whose status stays keeps the time since when; those of other types, written
     * by others, stay.
     */
    static ArrayNode merge(JsonNode present, List<Condition> wanted, Instant now) {
        ArrayNode merged = JsonNodeFactory.instance.arrayNode();
        for (JsonNode other : present) {
            String type = other.path("type").asText("");
            if (wanted.stream().noneMatch(condition -> condition.type().equals(type))) {
                merged.add(other);
            }
        }
        for (Condition condition : wanted) {
            String since = now.truncatedTo(ChronoUnit.SECONDS).toString();
            for (JsonNode before : present) {
                if (before.path("type").asText("").equals(condition.type())
                        && before.path("status").asText("").equals(condition.status())) {
                    since = before.path("lastTransitionTime").asText(since);
                }
            }
            ObjectNode json = merged.addObject();
            json.put("type", condition.type());
            json.put("status", condition.status());
            json.put("reason", condition.reason());
            json.put("message", condition.message());
            json.put("lastTransitionTime", since);
        }
        return merged;
    }
}
