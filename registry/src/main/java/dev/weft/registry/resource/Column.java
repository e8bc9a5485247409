package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * One column of {@code kubectl get}.
 *
 * @param type {@code string}, {@code integer} or {@code date}
 * @param format {@code name} for the name column, else empty
 * @param priority 0 is always shown, 1 only with {@code -o wide}
 * @param cell what stands in it
 */
public record Column(String name, String type, String format, String description, int priority, Cell cell) {

    /** Computes one cell; pure. */
    @FunctionalInterface
    public interface Cell {
        /**
         * What stands in the row of one object.
         *
         * @param object the whole object
         * @param now for ages
         * @return a string, a whole number or a boolean
         */
        Object of(JsonNode object, Instant now);
    }
}
