package dev.weft.registry.resource.patch;

import com.fasterxml.jackson.databind.JsonNode;

/** The directive that says in what order the elements of a merged list shall stand. */
final class ElementOrder {
    private ElementOrder() {}

    /**
     * Whether what a patch adds or changes is in the order that it asks for, and all of it.
     *
     * @param key by which elements are told apart; {@link MergeKeys#PRIMITIVE} for plain values
     */
    static boolean agrees(JsonNode list, JsonNode order, String key) {
        int at = 0;
        for (JsonNode element : list) {
            if (element.has("$patch")) {
                continue;
            }
            while (at < order.size() && !same(element, order.get(at), key)) {
                at++;
            }
            if (at == order.size()) {
                return false;
            }
            at++;
        }
        return true;
    }

    private static boolean same(JsonNode a, JsonNode b, String key) {
        return key.equals(MergeKeys.PRIMITIVE)
                ? JsonValues.same(a, b)
                : JsonValues.same(a.path(key), b.path(key)) && a.has(key);
    }
}
