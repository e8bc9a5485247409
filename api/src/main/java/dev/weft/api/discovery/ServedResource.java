package dev.weft.api.discovery;

import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.ResourceKind.Subresource;
import dev.weft.registry.resource.ResourceType;
import java.util.ArrayList;
import java.util.List;

/**
 * One resource in one version, as discovery tells of it.
 *
 * @param group empty for the core group
 * @param parts its subresources
 */
public record ServedResource(
        String group,
        String version,
        String plural,
        String singular,
        String kind,
        boolean namespaced,
        List<String> verbs,
        List<String> shortNames,
        List<String> categories,
        List<Part> parts) {
    private static final List<String> ALL_VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
    private static final List<String> VERBS_OF_NAMESPACES =
            List.of("create", "delete", "get", "list", "patch", "update", "watch");
    private static final ResourceType NAMESPACES = new ResourceType("", "namespaces");
    private static final List<String> PART_VERBS = List.of("get", "patch", "update");

    public ServedResource {
        verbs = List.copyOf(verbs);
        shortNames = List.copyOf(shortNames);
        categories = List.copyOf(categories);
        parts = List.copyOf(parts);
    }

    /** A subresource; its kind may be of another group, as {@code scale}'s is. */
    public record Part(String name, String group, String version, String kind, List<String> verbs) {}

    /** A stored kind in one of its served versions. */
    public static ServedResource of(ResourceKind kind, String version) {
        List<Part> parts = new ArrayList<>();
        if (kind.subresources().contains(Subresource.EVICTION)) {
            parts.add(new Part("eviction", "policy", "v1", "Eviction", List.of("create")));
        }
        if (kind.subresources().contains(Subresource.FINALIZE)) {
            parts.add(new Part("finalize", kind.type().group(), version, kind.kind(), List.of("update")));
        }
        if (kind.subresources().contains(Subresource.SCALE)) {
            parts.add(new Part("scale", "autoscaling", "v1", "Scale", PART_VERBS));
        }
        if (kind.subresources().contains(Subresource.STATUS)) {
            parts.add(new Part("status", kind.type().group(), version, kind.kind(), PART_VERBS));
        }
        return of(kind, version, deletesCollections(kind) ? ALL_VERBS : VERBS_OF_NAMESPACES, parts);
    }

    /** Namespaces go one by one, as in Kubernetes: nobody empties a cluster by leaving out a name. */
    public static boolean deletesCollections(ResourceKind kind) {
        return !kind.type().equals(NAMESPACES);
    }

    /** A kind that is computed, not stored. */
    public static ServedResource readOnly(ResourceKind kind, String version) {
        return of(kind, version, List.of("get", "list", "watch"), List.of());
    }

    /** A question in the form of an object: it can only be created, and the answer is in its status. */
    public static ServedResource review(String group, String version, String plural, String kind) {
        String singular = plural.substring(0, plural.length() - 1);
        return new ServedResource(
                group, version, plural, singular, kind, false, List.of("create"), List.of(), List.of(), List.of());
    }

    /** Such a question about one namespace. */
    public static ServedResource reviewInNamespace(String group, String version, String plural, String kind) {
        String singular = plural.substring(0, plural.length() - 1);
        return new ServedResource(
                group, version, plural, singular, kind, true, List.of("create"), List.of(), List.of(), List.of());
    }

    /** The same with a further verb. */
    public ServedResource allowing(String verb) {
        List<String> more = new ArrayList<>(verbs);
        more.add(verb);
        more.sort(null);
        return new ServedResource(
                group, version, plural, singular, kind, namespaced, more, shortNames, categories, parts);
    }

    /** The same with a further subresource. */
    public ServedResource with(Part part) {
        List<Part> more = new ArrayList<>(parts);
        more.add(part);
        return new ServedResource(
                group, version, plural, singular, kind, namespaced, verbs, shortNames, categories, more);
    }

    private static ServedResource of(ResourceKind kind, String version, List<String> verbs, List<Part> parts) {
        return new ServedResource(
                kind.type().group(),
                version,
                kind.type().plural(),
                kind.singular(),
                kind.kind(),
                kind.namespaced(),
                verbs,
                kind.shortNames(),
                kind.categories(),
                parts);
    }

    /** {@code v1} or {@code apps/v1}. */
    public String groupVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }
}
