package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A consistent picture of a shard's objects, for reconcilers: read-only, for one thread, valid for one step. */
public interface StateView {
    @Nullable
    Resource get(ResourceKey key);

    /** An object of it as a tree, only to be read: where it has just been made from one, it is not read again. */
    default JsonNode tree(Resource object) {
        return object.json().toTree();
    }

    /** The objects of one kind in one namespace, in the order of their names; no copy. */
    Collection<Resource> list(ResourceType type, String namespace);
}
