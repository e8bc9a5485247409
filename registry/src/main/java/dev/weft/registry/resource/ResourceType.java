package dev.weft.registry.resource;

/**
 * The identity of a kind, whatever version it is served in.
 *
 * @param group the API group; empty for the core group
 * @param plural the name in URLs, e.g. {@code endpointslices}
 */
public record ResourceType(String group, String plural) implements Comparable<ResourceType> {

    @Override
    public int compareTo(ResourceType other) {
        if (this == other) {
            return 0;
        }
        int byGroup = group.compareTo(other.group);
        return byGroup != 0 ? byGroup : plural.compareTo(other.plural);
    }

    /** {@code services} or {@code endpointslices.discovery.k8s.io}, as messages name it. */
    @Override
    public String toString() {
        return group.isEmpty() ? plural : plural + "." + group;
    }
}
