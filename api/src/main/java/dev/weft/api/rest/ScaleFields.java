package dev.weft.api.rest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The fields of a Scale, for those who want to be told of others. Pure. */
final class ScaleFields {
    private static final Set<String> OUTER = Set.of("apiVersion", "kind", "metadata", "spec", "status");
    private static final Set<String> SPEC = Set.of("replicas");
    private static final int MOST = 100;

    private ScaleFields() {}

    /**
     * What a Scale, or a patch of one in the form of one, holds that no Scale has.
     *
     * @return a sentence each; none for a list of operations
     */
    static List<String> unknown(JsonNode scale) {
        List<String> unknown = new ArrayList<>();
        collect(scale, "", OUTER, unknown);
        collect(scale.path("spec"), "spec.", SPEC, unknown);
        return unknown;
    }

    private static void collect(JsonNode object, String path, Set<String> known, List<String> unknown) {
        object.properties().forEach(field -> {
            boolean directive = field.getKey().startsWith("$");
            if (!directive && !known.contains(field.getKey()) && unknown.size() < MOST) {
                unknown.add("unknown field \"" + path + field.getKey() + "\"");
            }
        });
    }
}
