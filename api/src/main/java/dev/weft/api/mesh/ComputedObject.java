package dev.weft.api.mesh;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.ResourceKey;
import java.util.function.Supplier;

/**
 * What an object is worked out from.
 *
 * @param essence where this is equal, nothing of weight has changed and the object keeps its version
 * @param all where this is equal as well, the object is the same to the last figure
 * @param json makes the object, without uid and version
 */
record ComputedObject(ResourceKey key, Object essence, Object all, Supplier<ObjectNode> json) {}
