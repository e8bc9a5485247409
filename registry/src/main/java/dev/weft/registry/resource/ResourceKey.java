package dev.weft.registry.resource;

/**
 * Names one object.
 *
 * @param namespace empty for a cluster-scoped kind
 * @param name empty only in a create request with {@code generateName}
 */
public record ResourceKey(ResourceType type, String namespace, String name) {

    /** The same kind and namespace with another name. */
    public ResourceKey withName(String other) {
        return new ResourceKey(type, namespace, other);
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? type + "/" + name : type + "/" + namespace + "/" + name;
    }
}
