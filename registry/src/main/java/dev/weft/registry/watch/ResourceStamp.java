package dev.weft.registry.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.util.LinkedHashMap;
import java.util.Map;

/** Gives an object its version: the only place where trees become stored objects. */
public final class ResourceStamp {
    private ResourceStamp() {}

    /**
     * An object as of a version.
     *
     * @param tree complete but for {@code metadata.resourceVersion}, which is set in it
     * @param version 0 for one that was only tried and is nowhere: it shows none
     */
    public static Resource of(ResourceKey key, ObjectNode tree, long version) {
        ObjectNode metadata = tree.withObjectProperty("metadata");
        if (version == 0) {
            metadata.remove("resourceVersion");
        } else {
            metadata.put("resourceVersion", Long.toString(version));
        }
        Map<String, String> labels = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> label : metadata.path("labels").properties()) {
            labels.put(label.getKey(), label.getValue().asText());
        }
        return new Resource(key, metadata.path("uid").asText(), version, labels, JsonBytes.of(tree));
    }

    /** The same object with another version, e.g. that of its removal. */
    public static Resource again(Resource object, long version) {
        return of(object.key(), object.json().toTree(), version);
    }
}
