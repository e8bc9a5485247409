package dev.weft.registry.resource.patch;

import com.fasterxml.jackson.databind.JsonNode;

/** Equality of JSON values: numbers by their value, whatever width they were read with. */
final class JsonValues {
    private JsonValues() {}

    static boolean same(JsonNode a, JsonNode b) {
        return a.equals(
                (x, y) -> {
                    // One that is beyond all numbers has no decimal value.
                    boolean numbers = isFinite(x) && isFinite(y);
                    return numbers ? x.decimalValue().compareTo(y.decimalValue()) : x.equals(y) ? 0 : 1;
                },
                b);
    }

    private static boolean isFinite(JsonNode value) {
        return value.isNumber() && (!value.isFloatingPointNumber() || Double.isFinite(value.doubleValue()));
    }
}
