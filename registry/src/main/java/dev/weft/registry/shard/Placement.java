package dev.weft.registry.shard;

import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.watch.Collection;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

/**
 * Which shard owns what. A namespace and everything in it are one shard's; of the other cluster-scoped kinds, each kind is
 * one shard's. The hash is written out (FNV-1a, 32 bits), since stored data depends on it.
 *
 * @param shards how many there are; fixed for the life of a cluster
 */
public record Placement(int shards) {
    /** The kind whose objects live with what they contain. */
    public static final ResourceType NAMESPACES = new ResourceType("", "namespaces");

    /** The kind whose shard owns all pools of addresses and ports. */
    public static final ResourceType ADDRESSES = new ResourceType("networking.k8s.io", "ipaddresses");

    private static final int FNV_OFFSET = 0x811c9dc5;
    private static final int FNV_PRIME = 0x01000193;

    public Placement {
        if (shards < 1 || shards > 256) {
            throw new IllegalArgumentException("shards: " + shards + " (expected: 1 to 256)");
        }
    }

    public int shardOf(ResourceKey key) {
        if (!key.namespace().isEmpty()) {
            return shardOfNamespace(key.namespace());
        }
        return key.type().equals(NAMESPACES)
                ? shardOfNamespace(key.name())
                : index("type:" + key.type().group() + "/" + key.type().plural());
    }

    public int shardOfNamespace(String namespace) {
        return index("namespace:" + namespace);
    }

    /** The shard that gives out addresses and ports. */
    public int allocationShard() {
        return shardOf(new ResourceKey(ADDRESSES, "", ""));
    }

    /**
     * The one shard that a collection lives in, or -1 if it may be spread over all.
     *
     * @param namespaced whether the kind is
     */
    public int shardOf(Collection collection, boolean namespaced) {
        if (!collection.namespace().isEmpty()) {
            return shardOfNamespace(collection.namespace());
        }
        return namespaced || collection.type().equals(NAMESPACES)
                ? -1
                : shardOf(new ResourceKey(collection.type(), "", ""));
    }

    public IntStream all() {
        return IntStream.range(0, shards);
    }

    private int index(String text) {
        int hash = FNV_OFFSET;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        // The low bits of FNV-1a are its weakest: fold the high ones in.
        return Math.floorMod(hash ^ (hash >>> 16), shards);
    }
}
