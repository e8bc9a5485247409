package dev.weft.registry.resource;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All kinds that are stored and served, in the order of their declaration; and those that show the objects of others. */
public final class KindCatalog {
    private final Map<ResourceType, ResourceKind> byType = new LinkedHashMap<>();

    private final Map<ResourceType, ResourceKind> cohabiting = new LinkedHashMap<>();

    public KindCatalog(List<ResourceKind> kinds) {
        kinds.forEach(kind -> (kind.cohabitation() == null ? byType : cohabiting).put(kind.type(), kind));
    }

    /** The kinds as which objects are stored. */
    public Collection<ResourceKind> all() {
        return List.copyOf(byType.values());
    }

    /** Those, and the kinds that show objects of theirs in another group. */
    public Collection<ResourceKind> served() {
        List<ResourceKind> served = new ArrayList<>(byType.values());
        served.addAll(cohabiting.values());
        return served;
    }

    /** The kind as which objects of a type are stored. */
    public @Nullable ResourceKind find(ResourceType type) {
        return byType.get(type);
    }

    /** The kind behind {@code /apis/GROUP/VERSION/PLURAL}, if that version is served. */
    public @Nullable ResourceKind find(String group, String version, String plural) {
        ResourceType type = new ResourceType(group, plural);
        ResourceKind kind = byType.getOrDefault(type, cohabiting.get(type));
        return kind != null && kind.versions().contains(version) ? kind : null;
    }
}
