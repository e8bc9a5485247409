package dev.weft.registry.federation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.endpoints.EndpointTypes;
import dev.weft.registry.endpoints.SliceContent;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one shard holds of imports, as far as it takes to see whether that is what it should hold: what its ServiceImports
 * say, and a fingerprint of each of their slices. What is to be written counts as held at once. Mutable, for one thread.
 */
final class StoredImports {
    /** One slice of an import, and from which cluster it is. */
    record Place(ExportName name, String cluster, String slice) {
        /** Where a slice belongs by its labels. */
        static Place of(Resource slice) {
            return new Place(
                    new ExportName(
                            slice.key().namespace(), slice.labels().getOrDefault(FederationTypes.SERVICE_NAME, "?")),
                    slice.labels().getOrDefault(FederationTypes.SOURCE_CLUSTER, "?"),
                    slice.key().name());
        }

        /** The object there. */
        ResourceKey key() {
            return new ResourceKey(EndpointTypes.SLICES, name.namespace(), slice);
        }
    }

    /** What the stored ServiceImports say, as text: a tree of one that a hundred clusters export takes ten times as much. */
    private final Map<ExportName, JsonBytes> imports = new HashMap<>();
    /** What is stored of each name and cluster: small maps, which are replaced and not changed. */
    private final Map<ExportName, Map<String, Map<String, SliceFingerprint>>> slices = new HashMap<>();

    /** What the ServiceImport of a name says; null if there is none. */
    @Nullable
    ObjectNode essence(ExportName name) {
        JsonBytes stored = imports.get(name);
        return stored == null ? null : stored.toTree();
    }

    /** The addresses in the ServiceImport of a name, by family. */
    Map<String, String> addresses(ExportName name) {
        ObjectNode stored = essence(name);
        return stored == null ? Map.of() : ServiceImportObject.addresses(stored);
    }

    /** The ServiceImport of a name says this now, or is gone. Answers whether it said something else. */
    boolean put(ExportName name, @Nullable ObjectNode essence) {
        if (Objects.equals(essence, essence(name))) {
            return false;
        }
        set(imports, name, essence == null ? null : JsonBytes.of(essence));
        return true;
    }

    /** A slice says this now, or is gone. Answers whether it said something else. */
    boolean put(Place place, @Nullable SliceFingerprint content) {
        if (Objects.equals(slices(place.name(), place.cluster()).get(place.slice()), content)) {
            return false;
        }
        Map<String, Map<String, SliceFingerprint>> byCluster =
                slices.computeIfAbsent(place.name(), none -> new TreeMap<>());
        Map<String, SliceFingerprint> changed = new HashMap<>(byCluster.getOrDefault(place.cluster(), Map.of()));
        set(changed, place.slice(), content);
        set(byCluster, place.cluster(), changed.isEmpty() ? null : Map.copyOf(changed));
        slices.computeIfPresent(place.name(), (same, all) -> all.isEmpty() ? null : all);
        return true;
    }

    /**
     * Takes over what became of an EndpointSlice.
     *
     * @return those places at which something else is held now
     */
    List<Place> apply(@Nullable Resource before, @Nullable Resource after) {
        List<Place> changed = new ArrayList<>();
        boolean ours = after != null && managed(after);
        if (after != null && ours) {
            if (put(Place.of(after), SliceFingerprint.of(SliceContent.parse(after)))) {
                changed.add(Place.of(after));
            }
        }
        // Without its labels it is not the slice that was stored, which is then missing.
        boolean gone = before != null && managed(before) && !(after != null && ours && sameSource(before, after));
        if (before != null && gone && put(Place.of(before), null)) {
            changed.add(Place.of(before));
        }
        return changed;
    }

    private static boolean managed(Resource slice) {
        return FederationTypes.MANAGER.equals(slice.labels().get(EndpointTypes.MANAGED_BY));
    }

    private static boolean sameSource(Resource before, Resource after) {
        return Stream.of(FederationTypes.SERVICE_NAME, FederationTypes.SOURCE_CLUSTER)
                .allMatch(label -> Objects.equals(
                        before.labels().get(label), after.labels().get(label)));
    }

    /** The slices of a name and cluster. */
    Map<String, SliceFingerprint> slices(ExportName name, String cluster) {
        return slices.getOrDefault(name, Map.of()).getOrDefault(cluster, Map.of());
    }

    /** The clusters of which there are slices of a name. */
    Collection<String> clusters(ExportName name) {
        return slices.getOrDefault(name, Map.of()).keySet();
    }

    /** The names in a namespace that have a ServiceImport. */
    List<ExportName> imported(String namespace) {
        return imports.keySet().stream()
                .filter(name -> name.namespace().equals(namespace))
                .toList();
    }

    /** Nothing is held of a name any more. Answers the objects that were. */
    List<ResourceKey> remove(ExportName name) {
        List<ResourceKey> removed = new ArrayList<>();
        if (imports.remove(name) != null) {
            removed.add(name.key(FederationTypes.IMPORTS));
        }
        Map<String, Map<String, SliceFingerprint>> stored = slices.remove(name);
        if (stored != null) {
            stored.forEach((cluster, all) ->
                    all.keySet().forEach(slice -> removed.add(new Place(name, cluster, slice).key())));
        }
        return removed;
    }

    /** Nothing is held any more. Answers of which names there was something. */
    Set<ExportName> clear() {
        Set<ExportName> names = new HashSet<>(imports.keySet());
        names.addAll(slices.keySet());
        imports.clear();
        slices.clear();
        return names;
    }

    private static <K, V> void set(Map<K, V> map, K key, @Nullable V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }
}
