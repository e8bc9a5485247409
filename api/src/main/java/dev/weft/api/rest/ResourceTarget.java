package dev.weft.api.rest;

import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a URL names.
 *
 * @param version in which it is served
 * @param namespace empty for all, and for cluster-scoped kinds
 * @param name empty for a collection
 * @param subresource empty for the object itself
 */
record ResourceTarget(ResourceKind kind, String version, String namespace, String name, String subresource) {
    private static final String EVICTION = "eviction";
    private static final String FINALIZE = "finalize";
    private static final Set<String> PARTS_OF_NAMESPACE = Set.of("status", FINALIZE);

    /**
     * Reads the segments behind the version.
     *
     * @param kinds finds a kind by its plural
     * @return null if nothing is served there
     */
    static @Nullable ResourceTarget parse(
            String version, List<String> segments, Function<String, @Nullable ResourceKind> kinds) {
        boolean inNamespace = segments.size() >= 3
                && segments.get(0).equals("namespaces")
                && !(segments.size() == 3 && PARTS_OF_NAMESPACE.contains(segments.get(2)));
        int at = inNamespace ? 2 : 0;
        if (segments.size() - at > 3 || segments.size() <= at) {
            return null;
        }
        ResourceKind kind = kinds.apply(segments.get(at));
        String name = segments.size() > at + 1 ? segments.get(at + 1) : "";
        String part = segments.size() > at + 2 ? segments.get(at + 2) : "";
        boolean wrongScope = kind == null
                || (inNamespace && !kind.namespaced())
                || (kind.namespaced() && !inNamespace && !name.isEmpty());
        if (kind == null || wrongScope || !hasPart(kind, part)) {
            return null;
        }
        return new ResourceTarget(kind, version, inNamespace ? segments.get(1) : "", name, part);
    }

    private static boolean hasPart(ResourceKind kind, String part) {
        return switch (part) {
            case "" -> true;
            case "status" -> kind.subresources().contains(ResourceKind.Subresource.STATUS);
            case "scale" -> kind.subresources().contains(ResourceKind.Subresource.SCALE);
            case EVICTION -> kind.subresources().contains(ResourceKind.Subresource.EVICTION);
            case FINALIZE -> kind.subresources().contains(ResourceKind.Subresource.FINALIZE);
            default -> false;
        };
    }

    ResourceKey key() {
        return new ResourceKey(kind.storedType(), namespace, name);
    }

    boolean collection() {
        return name.isEmpty();
    }

    boolean scale() {
        return subresource.equals("scale");
    }

    /** Whether it is the wish that a Pod leave its node: nothing that could be read or changed. */
    boolean eviction() {
        return subresource.equals(EVICTION);
    }

    /** Whether it is what holds a Namespace: only ever replaced, as in Kubernetes. */
    boolean finalizers() {
        return subresource.equals(FINALIZE);
    }

    /** Whether it is a collection over all namespaces of a kind that lives in namespaces: only to be read. */
    boolean everywhere() {
        return kind.namespaced() && namespace.isEmpty();
    }
}
