package dev.weft.registry.federation;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which imports of one shard are still to be looked at, and of which clusters each. Mutable, for one thread. */
final class ImportAgenda {
    /** In place of a cluster: look at all clusters. */
    private static final String EVERY_CLUSTER = "";

    /**
     * What to look at of one name.
     *
     * @param clusters of which something may have changed
     * @param every whether that is so of all clusters
     * @param properties whether more than endpoints may have changed
     */
    record Item(Set<String> clusters, boolean every, boolean properties) {}

    private final Map<ExportName, Set<String>> waiting = new LinkedHashMap<>();
    /** Names of which more than endpoints may have changed. */
    private final Set<ExportName> unmerged = new HashSet<>();
    /** Names that wait for an address. */
    private final Map<ExportName, Set<String>> parked = new HashMap<>();

    /** Endpoints of a name and cluster may have changed. */
    void endpoints(ExportName name, String cluster) {
        waiting.computeIfAbsent(name, none -> new TreeSet<>()).add(cluster);
    }

    /** Anything of a name and cluster may have changed. */
    void touch(ExportName name, String cluster) {
        unmerged.add(name);
        endpoints(name, cluster);
    }

    /** Anything of a name may have changed. */
    void touch(ExportName name) {
        touch(name, EVERY_CLUSTER);
    }

    /** The names that are to be looked at, oldest wish first. */
    Collection<ExportName> waiting() {
        return waiting.keySet();
    }

    /** Takes a name up, which then waits no more. */
    Item take(ExportName name) {
        Set<String> clusters = new TreeSet<>(waiting.getOrDefault(name, Set.of()));
        waiting.remove(name);
        boolean every = clusters.remove(EVERY_CLUSTER);
        return new Item(clusters, every, unmerged.remove(name));
    }

    /** Puts a name aside until it has an address. Answers whether it was not aside already. */
    boolean park(ExportName name, Item item) {
        boolean first = !parked.containsKey(name);
        Set<String> clusters = parked.computeIfAbsent(name, none -> new TreeSet<>());
        clusters.addAll(item.clusters());
        if (item.every()) {
            clusters.add(EVERY_CLUSTER);
        }
        return first;
    }

    /** It is known now what address a name has, or that it has none. */
    void resume(ExportName name) {
        Set<String> clusters = parked.remove(name);
        (clusters == null ? Set.of(EVERY_CLUSTER) : clusters).forEach(cluster -> touch(name, cluster));
    }
}
