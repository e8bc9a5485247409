package dev.weft.registry.federation;

import akka.util.ByteString;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one cluster says of a name, encoded: all from one origin, where the name's namespace lives there. The keys and the
 * bytes are those that gossip holds anyway, in arrays, since there is one of these for each name of each cluster. Mutable, for
 * one thread.
 */
final class ClusterExport {
    private int shard;
    private @Nullable ByteString service;
    /** In order. */
    private String[] keys = new String[0];

    private ByteString[] endpoints = new ByteString[0];
    private int size;

    int shard() {
        return shard;
    }

    void from(int origin) {
        shard = origin;
    }

    /** The properties; null if nothing was said of them. */
    @Nullable
    ByteString service() {
        return service;
    }

    void service(@Nullable ByteString said) {
        service = said;
    }

    boolean isEmpty() {
        return service == null && size == 0;
    }

    List<String> endpointKeys() {
        return Arrays.asList(keys).subList(0, size);
    }

    List<ByteString> endpoints() {
        return Arrays.asList(endpoints).subList(0, size);
    }

    /** Takes over some endpoints by the whole key, or that there are none any more under that. */
    void endpoints(String key, @Nullable ByteString said) {
        int found = Arrays.binarySearch(keys, 0, size, key);
        if (found >= 0 && said != null) {
            endpoints[found] = said;
        } else if (found >= 0) {
            remove(found);
        } else if (said != null) {
            insert(-found - 1, key, said);
        }
    }

    private void insert(int at, String key, ByteString said) {
        if (size == keys.length) {
            resize(size + 1 + size / 4);
        }
        System.arraycopy(keys, at, keys, at + 1, size - at);
        System.arraycopy(endpoints, at, endpoints, at + 1, size - at);
        keys[at] = key;
        endpoints[at] = said;
        size++;
    }

    private void remove(int at) {
        size--;
        System.arraycopy(keys, at + 1, keys, at, size - at);
        System.arraycopy(endpoints, at + 1, endpoints, at, size - at);
        if (size <= keys.length / 2) {
            resize(size);
        } else {
            keys[size] = "";
            endpoints[size] = ByteString.emptyByteString();
        }
    }

    private void resize(int capacity) {
        keys = Arrays.copyOf(keys, capacity);
        endpoints = Arrays.copyOf(endpoints, capacity);
    }
}
