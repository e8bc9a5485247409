package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A write that a reconciler wants: trusted, so that it passes no admission; the shard adds uid, version and times. */
public sealed interface DerivedWrite {
    ResourceKey key();

    /**
     * Make the object so. Where it exists, its uid and creation time stay; where nothing would differ, nothing is written.
     *
     * @param object complete, in the storage version; not to be changed after handing over
     */
    record Put(ResourceKey key, ObjectNode object) implements DerivedWrite {}

    /** Remove the object, if it is there. */
    record Remove(ResourceKey key) implements DerivedWrite {}
}
