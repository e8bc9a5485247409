package dev.weft.proxy.view;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map of which a changed copy shares all that has not changed.
 *
 * <p>Keys fall into a fixed number of buckets; a change copies the array of buckets (4 KB) and the buckets touched, so
 * its cost does not grow with the map until that holds some 100,000 keys.
 */
final class ImmutableIndex<K, V> {
    private static final int BUCKETS = 1024;

    private final Map<K, V>[] buckets;
    private final int size;

    private ImmutableIndex(Map<K, V>[] buckets, int size) {
        this.buckets = buckets;
        this.size = size;
    }

    static <K, V> ImmutableIndex<K, V> empty() {
        @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of generics cannot be made otherwise
        Map<K, V>[] buckets = new Map[BUCKETS];
        Arrays.fill(buckets, Map.of());
        return new ImmutableIndex<>(buckets, 0);
    }

    @Nullable
    V get(K key) {
        return buckets[bucketOf(key)].get(key);
    }

    int size() {
        return size;
    }

    void forEach(BiConsumer<? super K, ? super V> action) {
        for (Map<K, V> bucket : buckets) {
            bucket.forEach(action);
        }
    }

    Set<K> keys() {
        Set<K> keys = new HashSet<>();
        forEach((key, value) -> keys.add(key));
        return keys;
    }

    Editor<K, V> edit() {
        return new Editor<>(this);
    }

    private static int bucketOf(Object key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return hash >>> 22;
    }

    /** Collects changes, then becomes a new index; the old one stays as it was. */
    static final class Editor<K, V> {
        private final Map<K, V>[] buckets;
        private final Set<Integer> copied = new HashSet<>();
        private int size;

        private Editor(ImmutableIndex<K, V> from) {
            this.buckets = from.buckets.clone();
            this.size = from.size;
        }

        @Nullable
        V get(K key) {
            return buckets[bucketOf(key)].get(key);
        }

        void put(K key, V value) {
            if (own(key).put(key, value) == null) {
                size++;
            }
        }

        void remove(K key) {
            if (get(key) != null) {
                own(key).remove(key);
                size--;
            }
        }

        ImmutableIndex<K, V> build() {
            ImmutableIndex<K, V> built = new ImmutableIndex<>(buckets.clone(), size);
            copied.clear();
            return built;
        }

        private Map<K, V> own(K key) {
            int index = bucketOf(key);
            if (copied.add(index)) {
                buckets[index] = new HashMap<>(buckets[index]);
            }
            return buckets[index];
        }
    }
}
