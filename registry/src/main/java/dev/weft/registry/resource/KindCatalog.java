package dev.weft.registry.resource;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All kinds that are stored and served, in the order of their declaration. */
public final class KindCatalog {
    private final Map<ResourceType, ResourceKind> byType = new LinkedHashMap<>();

    public KindCatalog(List<ResourceKind> kinds) {
        kinds.forEach(kind -> byType.put(kind.type(), kind));
    }

    public Collection<ResourceKind> all() {
        return List.copyOf(byType.values());
    }

    public @Nullable ResourceKind find(ResourceType type) {
        return byType.get(type);
    }

    /** The kind behind {@code /apis/GROUP/VERSION/PLURAL}, if that version is served. */
    public @Nullable ResourceKind find(String group, String version, String plural) {
        ResourceKind kind = byType.get(new ResourceType(group, plural));
        return kind != null && kind.versions().contains(version) ? kind : null;
    }
}
