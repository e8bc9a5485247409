package dev.weft.registry.federation;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.endpoints.EndpointTypes;
import dev.weft.registry.endpoints.SliceContent;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.wire.ExportRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one shard of this cluster should import, what it has stored of that, and what is still to be looked at. Mutable,
 * for one thread; knows no actor.
 */
final class ImportBook {
    /** In place of a cluster: look at all clusters. */
    private static final String EVERY_CLUSTER = "";

    private final ExportIndex exported;
    private final Set<String> families;
    private final Set<String> namespaces = new HashSet<>();
    /** What the stored ServiceImports say, as text: a tree of one that a hundred clusters export takes ten times as much. */
    private final Map<ExportName, JsonBytes> imports = new HashMap<>();
    /** What is stored of each name and cluster: small maps, which are replaced and not changed. */
    private final Map<ExportName, Map<String, Map<String, SliceFingerprint>>> slices = new HashMap<>();

    private final ImportAddresses held = new ImportAddresses();
    private final Map<ExportName, String> denied = new HashMap<>();
    private final Map<ExportName, ImportedService> merged = new HashMap<>();
    private final Map<ExportName, Set<String>> dirty = new LinkedHashMap<>();
    /** Names of which more than endpoints may have changed. */
    private final Set<ExportName> unmerged = new HashSet<>();

    private final Map<ExportName, Set<String>> claiming = new HashMap<>();
    private Standing standing = Standing.GOOD;

    /**
     * @param owned which namespaces belong to this shard
     * @param families the address families that this cluster has addresses of
     */
    ImportBook(Predicate<String> owned, Set<String> families) {
        this.exported = new ExportIndex(owned, this::changed);
        this.families = Set.copyOf(families);
    }

    /** Everyone's exports. */
    ExportIndex exported() {
        return exported;
    }

    private void changed(ExportName name, String cluster, boolean properties) {
        if (properties) {
            touch(name, cluster);
        } else {
            touchEndpoints(name, cluster);
        }
    }

    private void touch(ExportName name, String cluster) {
        unmerged.add(name);
        touchEndpoints(name, cluster);
    }

    private void touchEndpoints(ExportName name, String cluster) {
        dirty.computeIfAbsent(name, none -> new TreeSet<>()).add(cluster);
    }

    /** Asks for another look at a name. */
    void touch(ExportName name) {
        touch(name, EVERY_CLUSTER);
    }

    /** Takes over what the clusters' words are worth; what they export is looked at again where that changed. */
    void standing(Standing now) {
        Standing before = standing;
        standing = now;
        Set<String> named = new TreeSet<>(before.named());
        named.addAll(now.named());
        for (String cluster : named) {
            if (!before.agrees(now, cluster)) {
                exported.namesOf(cluster).forEach(name -> touch(name, cluster));
            }
        }
    }

    /** Takes over what an object of this shard became. */
    void apply(ResourceKey key, @Nullable Resource before, @Nullable Resource after) {
        if (key.type().equals(FederationTypes.NAMESPACES)) {
            applyNamespace(key.name(), after);
        } else if (key.type().equals(FederationTypes.IMPORTS)) {
            ExportName name = ExportName.of(key);
            ObjectNode essence = after == null
                    ? null
                    : ServiceImportObject.essence(after.json().toTree());
            if (!Objects.equals(essence, essence(name))) {
                set(imports, name, essence == null ? null : JsonBytes.of(essence));
                held.seen(name, stored(name));
                touch(name);
            }
        } else if (key.type().equals(EndpointTypes.SLICES)) {
            boolean ours = after != null && managed(after);
            if (after != null && ours) {
                applySlice(after, after);
            }
            if (before != null && managed(before) && !(after != null && ours && sameSource(before, after))) {
                // Without its labels it is not the slice that was stored, which is then missing.
                applySlice(before, null);
            }
        }
    }

    private @Nullable ObjectNode essence(ExportName name) {
        JsonBytes stored = imports.get(name);
        return stored == null ? null : stored.toTree();
    }

    private static boolean managed(Resource slice) {
        return FederationTypes.MANAGER.equals(slice.labels().get(EndpointTypes.MANAGED_BY));
    }

    private static boolean sameSource(Resource before, Resource after) {
        return Stream.of(FederationTypes.SERVICE_NAME, FederationTypes.SOURCE_CLUSTER)
                .allMatch(label -> Objects.equals(
                        before.labels().get(label), after.labels().get(label)));
    }

    private void applyNamespace(String namespace, @Nullable Resource after) {
        boolean exists =
                after != null && !after.json().toTree().path("metadata").hasNonNull("deletionTimestamp");
        boolean changed = exists ? namespaces.add(namespace) : namespaces.remove(namespace);
        if (changed) {
            exported.names(namespace).forEach(this::touch);
            imports.keySet().stream()
                    .filter(name -> name.namespace().equals(namespace))
                    .forEach(this::touch);
        }
    }

    private void applySlice(Resource side, @Nullable Resource after) {
        String cluster = side.labels().getOrDefault(FederationTypes.SOURCE_CLUSTER, "?");
        ExportName name =
                new ExportName(side.key().namespace(), side.labels().getOrDefault(FederationTypes.SERVICE_NAME, "?"));
        SliceFingerprint content = after == null ? null : SliceFingerprint.of(SliceContent.parse(after));
        Map<String, SliceFingerprint> known =
                slices.getOrDefault(name, Map.of()).getOrDefault(cluster, Map.of());
        if (!Objects.equals(known.get(side.key().name()), content)) {
            store(name, cluster, side.key().name(), content);
            touchEndpoints(name, cluster);
        }
    }

    private void store(ExportName name, String cluster, String slice, @Nullable SliceFingerprint content) {
        Map<String, Map<String, SliceFingerprint>> byCluster = slices.computeIfAbsent(name, none -> new TreeMap<>());
        Map<String, SliceFingerprint> changed = new HashMap<>(byCluster.getOrDefault(cluster, Map.of()));
        set(changed, slice, content);
        set(byCluster, cluster, changed.isEmpty() ? null : Map.copyOf(changed));
        slices.computeIfPresent(name, (same, all) -> all.isEmpty() ? null : all);
    }

    private static <K, V> void set(Map<K, V> map, K key, @Nullable V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    /** Forgets what the shard holds, before it tells again. */
    void clear() {
        namespaces.clear();
        imports.keySet().forEach(this::touch);
        slices.keySet().forEach(this::touch);
        imports.clear();
        slices.clear();
    }

    /** The names that are to be looked at, oldest wish first. */
    Collection<ExportName> waiting() {
        return dirty.keySet();
    }

    /** What all exports of a name come to; null if there is none. */
    @Nullable
    ImportedService merge(ExportName name) {
        Map<String, ExportRecord.Service> exports = exported.services(name);
        exports.keySet().removeAll(standing.withdrawn());
        return exports.isEmpty() ? null : ImportMerge.merge(exports, standing.clockOff());
    }

    private List<String> withdrawn(ExportName name) {
        if (standing.withdrawn().isEmpty()) {
            return List.of();
        }
        return exported.services(name).keySet().stream()
                .filter(standing.withdrawn()::contains)
                .toList();
    }

    /**
     * What is to be done for one name.
     *
     * @param writes counted as carried out from now on
     * @param claims addresses that are needed first; then there are no writes
     */
    record Step(List<DerivedWrite> writes, List<Claim> claims) {}

    /** Looks at one name, which then waits no more. */
    Step step(ExportName name, Instant now) {
        Set<String> clusters = dirty.getOrDefault(name, Set.of());
        dirty.remove(name);
        ImportedService known = merged.get(name);
        if (!unmerged.remove(name) && known != null) {
            // What all clusters agree on does not depend on endpoints, so this costs the same however many clusters
            // there are.
            List<DerivedWrite> writes = new ArrayList<>();
            clusters.forEach(cluster -> writeSlices(writes, name, cluster, known));
            return new Step(writes, List.of());
        }
        ImportedService imported = namespaces.contains(name.namespace()) ? merge(name) : null;
        if (imported == null) {
            return new Step(withdraw(name), List.of());
        }
        List<Claim> claims = claims(name, imported);
        if (!claims.isEmpty() && !denied.containsKey(name)) {
            boolean first = !claiming.containsKey(name);
            claiming.computeIfAbsent(name, none -> new TreeSet<>()).addAll(clusters);
            return new Step(List.of(), first ? claims : List.of());
        }
        boolean all = clusters.contains(EVERY_CLUSTER) || !imported.equals(merged.put(name, imported));
        List<DerivedWrite> writes = new ArrayList<>();
        writeImport(writes, name, imported, now);
        Set<String> concerned = new TreeSet<>(clusters);
        if (all) {
            concerned.addAll(imported.clusters());
            concerned.addAll(slices.getOrDefault(name, Map.of()).keySet());
        }
        concerned.remove(EVERY_CLUSTER);
        concerned.forEach(cluster -> writeSlices(writes, name, cluster, imported));
        return new Step(writes, List.of());
    }

    private List<Claim> claims(ExportName name, ImportedService imported) {
        List<Claim> claims = new ArrayList<>();
        for (String family : imported.winner().ipFamilies()) {
            String wish = held.wish(name, family);
            if (!imported.winner().headless() && families.contains(family) && wish != null) {
                claims.add(new Claim(
                        FederationTypes.pool(family),
                        wish,
                        name.key(FederationTypes.IMPORTS),
                        "spec.ips[" + claims.size() + "]"));
            }
        }
        return claims;
    }

    private Map<String, String> stored(ExportName name) {
        ObjectNode stored = essence(name);
        return stored == null ? Map.of() : ServiceImportObject.addresses(stored);
    }

    /** Takes over addresses that were claimed for a name. */
    void grant(ExportName name, List<Grant> grants) {
        denied.remove(name);
        held.granted(name, grants);
        resume(name);
    }

    /** Takes over that there is no address for a name now. */
    void deny(ExportName name, String why) {
        denied.put(name, why);
        held.denied(name, stored(name));
        resume(name);
    }

    /** Asks for an address again where there was none. */
    void retry(ExportName name) {
        if (denied.remove(name) != null) {
            touch(name);
        }
    }

    private void resume(ExportName name) {
        Set<String> clusters = claiming.remove(name);
        (clusters == null ? Set.of(EVERY_CLUSTER) : clusters).forEach(cluster -> touch(name, cluster));
    }

    private List<DerivedWrite> withdraw(ExportName name) {
        List<DerivedWrite> writes = new ArrayList<>();
        if (imports.remove(name) != null) {
            writes.add(new DerivedWrite.Remove(name.key(FederationTypes.IMPORTS)));
        }
        Map<String, Map<String, SliceFingerprint>> stored = slices.remove(name);
        if (stored != null) {
            stored.values()
                    .forEach(all ->
                            all.keySet().forEach(slice -> writes.add(new DerivedWrite.Remove(key(name, slice)))));
        }
        held.forget(name);
        denied.remove(name);
        merged.remove(name);
        return writes;
    }

    private void writeImport(List<DerivedWrite> writes, ExportName name, ImportedService imported, Instant now) {
        ObjectNode stored = essence(name);
        held.keep(
                name,
                imported.winner().headless() ? List.of() : imported.winner().ipFamilies());
        Map<String, String> addresses = held.of(name);
        ObjectNode wanted = ServiceImportObject.of(
                name,
                imported,
                addresses,
                List.of(
                        ImportConditions.ready(imported, addresses, families, denied.get(name)),
                        ImportConditions.fresh(imported, standing, withdrawn(name))),
                stored == null ? MissingNode.getInstance() : stored,
                now);
        ObjectNode essence = ServiceImportObject.essence(wanted);
        if (!essence.equals(stored)) {
            imports.put(name, JsonBytes.of(essence));
            writes.add(new DerivedWrite.Put(name.key(FederationTypes.IMPORTS), wanted));
        }
    }

    private void writeSlices(List<DerivedWrite> writes, ExportName name, String cluster, ImportedService imported) {
        Set<String> served = imported.served().getOrDefault(cluster, Set.of());
        Map<String, SliceContent> wanted = imported.clusters().contains(cluster)
                ? ImportedSlices.of(
                        name,
                        cluster,
                        exported.endpoints(name, cluster),
                        served,
                        standing.stale().contains(cluster))
                : Map.of();
        Map<String, SliceFingerprint> stored =
                slices.getOrDefault(name, Map.of()).getOrDefault(cluster, Map.of());
        new TreeSet<>(stored.keySet()).forEach(slice -> {
            if (!wanted.containsKey(slice)) {
                store(name, cluster, slice, null);
                writes.add(new DerivedWrite.Remove(key(name, slice)));
            }
        });
        wanted.forEach((slice, content) -> {
            SliceFingerprint fingerprint = SliceFingerprint.of(content);
            if (!fingerprint.equals(stored.get(slice))) {
                store(name, cluster, slice, fingerprint);
                writes.add(new DerivedWrite.Put(key(name, slice), content.toObject(key(name, slice), "")));
            }
        });
    }

    private static ResourceKey key(ExportName name, String slice) {
        return new ResourceKey(EndpointTypes.SLICES, name.namespace(), slice);
    }
}
