package dev.weft.registry.resource;

import java.util.Map;

/**
 * One version of one object, as it is stored and served.
 *
 * @param key what it is called
 * @param uid {@code metadata.uid}
 * @param version {@code metadata.resourceVersion}: a hybrid timestamp, unique and rising in the cluster
 * @param labels {@code metadata.labels}, kept apart because every list and watch filters by them
 * @param json the whole object in its storage version, {@code apiVersion} to {@code status}, with the version in it
 */
public record Resource(ResourceKey key, String uid, long version, Map<String, String> labels, JsonBytes json) {
    public Resource {
        labels = Map.copyOf(labels);
        // Whoever imports from many clusters has few objects beside these; each is read when it changes, and seldom
        // then.
        json = labels.containsKey(MultiClusterLabels.SOURCE_CLUSTER) ? json.packed() : json;
    }
}
