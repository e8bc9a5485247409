package dev.weft.registry.resource.patch;

import com.fasterxml.jackson.databind.JsonNode;

/** Equality of JSON values: numbers by their value, whatever width they were read with. */
final class JsonValues {
    private JsonValues() {}

    static boolean same(JsonNode a, JsonNode b) {
        return a.equals(
                (x, y) -> {
                    boolean numbers = x.isNumber() && y.isNumber();
                    return numbers ? x.decimalValue().compareTo(y.decimalValue()) : x.equals(y) ? 0 : 1;
                },
                b);
    }
}
