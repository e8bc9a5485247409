package dev.weft.registry.resource;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Names one object. Immutable. */
public final class ResourceKey implements Comparable<ResourceKey> {
    private final ResourceType type;
    private final String namespace;
    private final String name;
    private int hash;
    private @Nullable String order;

    /**
     * The name of an object that may or may not exist.
     *
     * @param namespace empty for a cluster-scoped kind
     * @param name empty only in a create request with {@code generateName}
     */
    public ResourceKey(ResourceType type, String namespace, String name) {
        this.type = type;
        this.namespace = namespace;
        this.name = name;
    }

    public ResourceType type() {
        return type;
    }

    public String namespace() {
        return namespace;
    }

    public String name() {
        return name;
    }

    /** The same kind and namespace with another name. */
    public ResourceKey withName(String other) {
        return new ResourceKey(type, namespace, other);
    }

    /**
     * One text whose order is that of keys: by kind, then namespace, then name. Made once and kept, since trees of a hundred
     * thousand objects compare little else, and three texts behind three references are seven cache misses a step.
     */
    public String order() {
        String known = order;
        if (known == null) {
            known = type.group() + '\0' + type.plural() + '\0' + namespace + '\0' + name;
            order = known; // a race makes it twice, which does no harm
        }
        return known;
    }

    @Override
    public int compareTo(ResourceKey other) {
        return order().compareTo(other.order());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof ResourceKey key
                        && name.equals(key.name)
                        && namespace.equals(key.namespace)
                        && type.equals(key.type));
    }

    @Override
    public int hashCode() {
        int known = hash;
        if (known == 0) {
            known = Objects.hash(type, namespace, name);
            hash = known;
        }
        return known;
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? type + "/" + name : type + "/" + namespace + "/" + name;
    }
}
