package dev.weft.registry.endpoints;

import dev.weft.registry.resource.ResourceKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds objects by a pair of labels without looking at the others: Services by one pair of their selector (the one that
 * fewest others chose), Pods by each of theirs.
 *
 * <p>Mutable, for one thread.
 */
final class SelectorIndex {
    private record Pair(String namespace, String name, String value) {}

    private final Map<Pair, Set<ResourceKey>> byPair = new HashMap<>();
    private final Map<ResourceKey, Set<Pair>> pairsOf = new HashMap<>();

    /** Files an object under its rarest pair. */
    void putUnderRarest(ResourceKey key, Map<String, String> pairs) {
        remove(key);
        Pair rarest = null;
        for (Map.Entry<String, String> entry : pairs.entrySet()) {
            Pair pair = new Pair(key.namespace(), entry.getKey(), entry.getValue());
            if (rarest == null || size(pair) < size(rarest)) {
                rarest = pair;
            }
        }
        if (rarest != null) {
            put(key, Set.of(rarest));
        }
    }

    /** Files an object under each of its pairs. */
    void putUnderAll(ResourceKey key, Map<String, String> pairs) {
        remove(key);
        Set<Pair> all = new HashSet<>();
        pairs.forEach((name, value) -> all.add(new Pair(key.namespace(), name, value)));
        put(key, Set.copyOf(all));
    }

    void remove(ResourceKey key) {
        Set<Pair> pairs = pairsOf.remove(key);
        if (pairs != null) {
            for (Pair pair : pairs) {
                byPair.computeIfPresent(pair, (same, keys) -> without(keys, key));
            }
        }
    }

    /** Everything filed under any of these pairs. */
    Set<ResourceKey> underAny(String namespace, Map<String, String> pairs) {
        Set<ResourceKey> found = new HashSet<>();
        pairs.forEach((name, value) -> found.addAll(byPair.getOrDefault(new Pair(namespace, name, value), Set.of())));
        return found;
    }

    /** What is filed under that one of these pairs under which least is filed. */
    Set<ResourceKey> underRarest(String namespace, Map<String, String> pairs) {
        Set<ResourceKey> rarest = null;
        for (Map.Entry<String, String> entry : pairs.entrySet()) {
            Set<ResourceKey> keys =
                    byPair.getOrDefault(new Pair(namespace, entry.getKey(), entry.getValue()), Set.of());
            if (rarest == null || keys.size() < rarest.size()) {
                rarest = keys;
            }
        }
        return rarest == null ? Set.of() : Set.copyOf(rarest);
    }

    private int size(Pair pair) {
        return byPair.getOrDefault(pair, Set.of()).size();
    }

    private void put(ResourceKey key, Set<Pair> pairs) {
        pairsOf.put(key, pairs);
        pairs.forEach(pair -> byPair.merge(pair, Set.of(key), SelectorIndex::with));
    }

    /** The one that nearly every pair of a Service has stays a set of its own kind, which is a tenth of the memory. */
    private static Set<ResourceKey> with(Set<ResourceKey> keys, Set<ResourceKey> one) {
        Set<ResourceKey> all = keys instanceof HashSet ? keys : new HashSet<>(keys);
        all.addAll(one);
        return all;
    }

    private static @Nullable Set<ResourceKey> without(Set<ResourceKey> keys, ResourceKey key) {
        if (keys instanceof HashSet) {
            keys.remove(key);
        }
        return keys.isEmpty() || keys.equals(Set.of(key)) ? null : keys;
    }
}
