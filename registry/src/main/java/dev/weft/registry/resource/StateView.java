package dev.weft.registry.resource;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A consistent picture of a shard's objects, for reconcilers: read-only, for one thread, valid for one step. */
public interface StateView {
    @Nullable
    Resource get(ResourceKey key);

    /** The objects of one kind in one namespace, in the order of their names; no copy. */
    Collection<Resource> list(ResourceType type, String namespace);
}
