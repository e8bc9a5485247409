package dev.weft.proxy.dns;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map by byte strings of which a changed copy shares all that has not changed: a change copies the array
 * of buckets (16 KiB) and the buckets it touches.
 */
final class ByteIndex<V> {
    private static final int BUCKETS = 4096;

    private final ByteMap<V>[] buckets;

    private ByteIndex(ByteMap<V>[] buckets) {
        this.buckets = buckets;
    }

    static <V> ByteIndex<V> empty() {
        @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of generics cannot be made otherwise
        ByteMap<V>[] buckets = new ByteMap[BUCKETS];
        Arrays.fill(buckets, ByteMap.empty());
        return new ByteIndex<>(buckets);
    }

    /** The value of the key that stands at {@code bytes[from, to)}; null for none. */
    @Nullable
    V get(byte[] bytes, int from, int to) {
        return buckets[bucketOf(ByteMap.hash(bytes, from, to))].get(bytes, from, to);
    }

    int size() {
        int size = 0;
        for (ByteMap<V> bucket : buckets) {
            size += bucket.size();
        }
        return size;
    }

    Editor<V> edit() {
        return new Editor<>(this);
    }

    /** The bits that a bucket's own map uses last. */
    private static int bucketOf(int hash) {
        return (hash * 0x9E3779B9) >>> 20;
    }

    /** Collects changes, then becomes a new index; the old one stays as it was. */
    static final class Editor<V> {
        private final ByteIndex<V> from;
        private final Map<Integer, Map<ByteKey, V>> changed = new HashMap<>();

        private Editor(ByteIndex<V> from) {
            this.from = from;
        }

        @Nullable
        V get(byte[] key) {
            int bucket = bucketOf(ByteMap.hash(key, 0, key.length));
            Map<ByteKey, V> own = changed.get(bucket);
            return own != null ? own.get(new ByteKey(key)) : from.buckets[bucket].get(key, 0, key.length);
        }

        /** Null removes the key. */
        void put(byte[] key, @Nullable V value) {
            Map<ByteKey, V> own = changed.computeIfAbsent(bucketOf(ByteMap.hash(key, 0, key.length)), bucket -> {
                Map<ByteKey, V> copy = new HashMap<>();
                from.buckets[bucket].forEach((bytes, present) -> copy.put(new ByteKey(bytes), present));
                return copy;
            });
            if (value == null) {
                own.remove(new ByteKey(key));
            } else {
                own.put(new ByteKey(key), value);
            }
        }

        ByteIndex<V> build() {
            if (changed.isEmpty()) {
                return from;
            }
            ByteMap<V>[] buckets = from.buckets.clone();
            changed.forEach((bucket, entries) -> buckets[bucket] = ByteMap.copyOf(entries));
            return new ByteIndex<>(buckets);
        }
    }
}
