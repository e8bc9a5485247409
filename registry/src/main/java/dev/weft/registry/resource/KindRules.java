package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What a kind demands of its objects beyond its schema. Pure; trees are in the storage version. */
public interface KindRules {
    /** No defaults, no demands. */
    KindRules NONE = new KindRules() {};

    /** Fills in what the writer left open, in place, as Kubernetes would. Idempotent. */
    default void applyDefaults(ObjectNode object) {}

    /** What is wrong with a complete object. */
    default List<FieldError> validate(JsonNode object) {
        return List.of();
    }

    /** What is wrong with the step from one state to the next, beyond what {@link #validate} says of the next. */
    default List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        return List.of();
    }

    /** Carries over, in place, what a writer may not or need not repeat (e.g. an allocated address). */
    default void carryOver(ObjectNode next, JsonNode present) {}
}
