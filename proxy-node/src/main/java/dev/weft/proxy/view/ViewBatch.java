package dev.weft.proxy.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * News of one collection, folded: only the last state of each object.
 *
 * @param replaced all objects, when the collection was listed again; null for changes only
 * @param changes by object id, on top of {@code replaced}
 */
public record ViewBatch(WatchedKind kind, @Nullable List<JsonNode> replaced, Map<String, Change> changes) {

    /** The last that was heard of an object. */
    public record Change(JsonNode object, boolean deleted) {}
}
