package dev.weft.registry.federation;

import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;

/** What is exported and imported under the same name in every cluster (namespace sameness). */
record ExportName(String namespace, String name) implements Comparable<ExportName> {
    static ExportName of(ResourceKey key) {
        return new ExportName(key.namespace(), key.name());
    }

    ResourceKey key(ResourceType type) {
        return new ResourceKey(type, namespace, name);
    }

    @Override
    public int compareTo(ExportName other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
