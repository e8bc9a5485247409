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

    /**
     * What makes an object unreadable although its fields have the types of the schema, such as bytes that are not base64; empty if
     * nothing does.
     */
    default String undecodable(JsonNode object) {
        return "";
    }

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

    /** As {@link #carryOver}, for a write of the status alone. */
    default void carryOverStatus(ObjectNode next, JsonNode present) {}

    /** What is wrong with the name of an object; empty if nothing. Most kinds take DNS subdomains. */
    default List<String> validateName(String name) {
        return Names.subdomain(name);
    }

    /** Whether {@code metadata.generation} counts the changes of what is neither metadata nor status. */
    default boolean countsGenerations() {
        return false;
    }

    /** What of the metadata counts too, where generations are counted, e.g. {@code labels}. */
    default List<String> metadataCounted() {
        return List.of();
    }

    /**
     * Whether an update of an object that is not there makes it, as Kubernetes allows for some kinds. The API sees to it, since
     * whoever asks for it must be allowed to create.
     */
    default boolean createdByUpdate() {
        return false;
    }

    /** Whether a status that comes with a new object stays; as a rule it is dropped, its owner writes it later. */
    default boolean keepsStatusOnCreate() {
        return false;
    }

    /** Whether a write of the status may change labels and annotations too, as for Kubernetes' own kinds. */
    default boolean metadataFollowsStatus() {
        return true;
    }

    /** What a user should hear about an object that is allowed nevertheless; each one a sentence. */
    default List<String> warnings(JsonNode object) {
        return List.of();
    }
}
