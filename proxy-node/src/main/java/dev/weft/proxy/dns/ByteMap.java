package dev.weft.proxy.dns;

import java.util.Arrays;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map by byte strings that is asked with a part of an array, so that a look-up allocates nothing. Open
 * addressing, at most half full.
 */
final class ByteMap<V> {
    private static final ByteMap<Object> EMPTY = new ByteMap<>(new byte[1][], new Object[1], 0);

    private final byte[] @Nullable [] keys;
    private final @Nullable Object[] values;
    private final int size;

    private ByteMap(byte[] @Nullable [] keys, @Nullable Object[] values, int size) {
        this.keys = keys;
        this.values = values;
        this.size = size;
    }

    @SuppressWarnings("unchecked") // holds nothing
    static <V> ByteMap<V> empty() {
        return (ByteMap<V>) EMPTY;
    }

    /** A copy of the map; its key arrays must not change any more. */
    static <V> ByteMap<V> copyOf(Map<ByteKey, V> entries) {
        if (entries.isEmpty()) {
            return empty();
        }
        int capacity = Integer.highestOneBit(entries.size() * 2 - 1) * 2;
        byte[] @Nullable [] keys = new byte[capacity][];
        @Nullable Object[] values = new Object[capacity];
        entries.forEach((key, value) -> place(keys, values, key.bytes(), value));
        return new ByteMap<>(keys, values, entries.size());
    }

    /** The value of the key that stands at {@code bytes[from, to)}; null for none. */
    @Nullable
    V get(byte[] bytes, int from, int to) {
        int mask = keys.length - 1;
        for (int at = hash(bytes, from, to) & mask; ; at = (at + 1) & mask) {
            byte[] key = keys[at];
            if (key == null) {
                return null;
            }
            if (Arrays.equals(key, 0, key.length, bytes, from, to)) {
                return value(at);
            }
        }
    }

    int size() {
        return size;
    }

    void forEach(BiConsumer<byte[], V> action) {
        for (int i = 0; i < keys.length; i++) {
            byte[] key = keys[i];
            V value = value(i);
            if (key != null && value != null) {
                action.accept(key, value);
            }
        }
    }

    @SuppressWarnings("unchecked") // only copyOf fills it
    private @Nullable V value(int at) {
        return (V) values[at];
    }

    private static void place(byte[] @Nullable [] keys, @Nullable Object[] values, byte[] key, Object value) {
        int mask = keys.length - 1;
        int at = hash(key, 0, key.length) & mask;
        while (keys[at] != null) {
            at = (at + 1) & mask;
        }
        keys[at] = key;
        values[at] = value;
    }

    /** FNV-1a, its bits mixed so that the low ones may choose a place. */
    static int hash(byte[] bytes, int from, int to) {
        int hash = 0x811C9DC5;
        for (int i = from; i < to; i++) {
            hash = (hash ^ bytes[i]) * 0x01000193;
        }
        return hash ^ (hash >>> 15);
    }
}
