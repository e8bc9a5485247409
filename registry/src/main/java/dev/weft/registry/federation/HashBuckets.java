package dev.weft.registry.federation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Deals items out to buckets so that the outcome depends on the items alone: by the leading bits of a hash of their
 * identity, a bucket being split in two when it holds too many. A changed item touches one bucket; a new one touches one
 * too, or splits it in two.
 */
final class HashBuckets {
    private static final int HASH_BITS = 64;

    private HashBuckets() {}

    private record Hashed<T>(long hash, String id, T item) {}

    /**
     * The buckets and what is in them.
     *
     * @param idOf identity, unique among the items
     * @param capacity how many items a bucket holds at most; more only where hashes are equal
     * @return buckets by the bits that lead to them ({@code r} alone for the only bucket), their items in a fixed order
     */
    static <T> Map<String, List<T>> deal(Collection<T> items, Function<T, String> idOf, int capacity) {
        List<Hashed<T>> sorted = new ArrayList<>(items.size());
        for (T item : items) {
            String id = idOf.apply(item);
            sorted.add(new Hashed<>(hash(id), id, item));
        }
        Comparator<Hashed<T>> byHash = (left, right) -> Long.compareUnsigned(left.hash(), right.hash());
        sorted.sort(byHash.thenComparing(Hashed::id));
        Map<String, List<T>> buckets = new LinkedHashMap<>();
        split(sorted, 0, "r", capacity, buckets);
        return buckets;
    }

    private static <T> void split(
            List<Hashed<T>> sorted, int depth, String path, int capacity, Map<String, List<T>> buckets) {
        if (sorted.isEmpty()) {
            return;
        }
        if (sorted.size() <= capacity || depth == HASH_BITS) {
            buckets.put(path, sorted.stream().map(Hashed::item).toList());
            return;
        }
        int middle = 0;
        long bit = 1L << (HASH_BITS - 1 - depth);
        while (middle < sorted.size() && (sorted.get(middle).hash() & bit) == 0) {
            middle++;
        }
        split(sorted.subList(0, middle), depth + 1, path + "0", capacity, buckets);
        split(sorted.subList(middle, sorted.size()), depth + 1, path + "1", capacity, buckets);
    }

    /** FNV-1a, 64 bits, then MurmurHash3's finalizer so that the leading bits depend on every byte. */
    static long hash(String id) {
        long hash = 0xcbf29ce484222325L;
        for (byte each : id.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
