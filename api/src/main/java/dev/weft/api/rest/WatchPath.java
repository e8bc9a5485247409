package dev.weft.api.rest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A path of the old form {@code /api/v1/watch/...}, which Kubernetes still serves: a watch of a collection, or of one object of it.
 *
 * @param collection the path of what is watched
 * @param name of the one object; empty for all
 */
record WatchPath(List<String> collection, String name) {
    private static final String FIELDS = "fieldSelector";

    /** Null for any other path. */
    static @Nullable WatchPath of(List<String> path) {
        int at =
                path.isEmpty() ? 0 : path.get(0).equals("api") ? 2 : path.get(0).equals("apis") ? 3 : 0;
        if (at == 0 || path.size() <= at + 1 || !path.get(at).equals("watch")) {
            return null;
        }
        List<String> collection = new ArrayList<>(path);
        collection.remove(at);
        // Behind "watch": PLURAL, PLURAL/NAME, namespaces/NAMESPACE/PLURAL, namespaces/NAMESPACE/PLURAL/NAME.
        boolean named = (collection.size() - at) % 2 == 0;
        String name = named ? collection.remove(collection.size() - 1) : "";
        return new WatchPath(List.copyOf(collection), name);
    }

    /** What is asked of the collection. */
    Query asked(Query query) {
        Map<String, List<String>> values = new LinkedHashMap<>(query.values());
        values.put("watch", List.of("true"));
        if (!name.isEmpty()) {
            String fields = query.first(FIELDS);
            values.put(FIELDS, List.of("metadata.name=" + name + (fields.isEmpty() ? "" : "," + fields)));
        }
        return new Query(values);
    }
}
