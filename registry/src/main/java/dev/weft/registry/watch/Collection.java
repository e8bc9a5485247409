package dev.weft.registry.watch;

import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;

/**
 * What one lists or watches: all objects of a kind, in one namespace or in all.
 *
 * @param namespace empty for all namespaces, and for cluster-scoped kinds
 */
public record Collection(ResourceType type, String namespace) {
    /** Whether an object is of this kind and, where one is named, in this namespace. */
    public boolean contains(ResourceKey key) {
        return key.type().equals(type)
                && (namespace.isEmpty() || key.namespace().equals(namespace));
    }

    /** All namespaces. */
    public static Collection everywhere(ResourceType type) {
        return new Collection(type, "");
    }
}
