package dev.weft.registry.federation;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.endpoints.EndpointTypes;
import dev.weft.registry.endpoints.SliceContent;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.wire.ExportRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one shard of this cluster should import, what it has stored of that, and what is still to be looked at. Mutable,
 * for one thread; knows no actor.
 */
final class ImportBook {
    private final ExportIndex exported;
    private final Set<String> families;
    private final Set<String> namespaces = new HashSet<>();
    private final StoredImports stored = new StoredImports();
    private final ImportAgenda agenda = new ImportAgenda();
    private final ImportAddresses held = new ImportAddresses();
    private final Map<ExportName, String> denied = new HashMap<>();
    private final Map<ExportName, ImportedService> merged = new HashMap<>();
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
            agenda.touch(name, cluster);
        } else {
            agenda.endpoints(name, cluster);
        }
    }

    /** Asks for another look at a name. */
    void touch(ExportName name) {
        agenda.touch(name);
    }

    /** Takes over what the clusters' words are worth; what they export is looked at again where that changed. */
    void standing(Standing now) {
        Standing before = standing;
        standing = now;
        Set<String> named = new TreeSet<>(before.named());
        named.addAll(now.named());
        for (String cluster : named) {
            if (!before.agrees(now, cluster)) {
                exported.namesOf(cluster).forEach(name -> agenda.touch(name, cluster));
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
            if (stored.put(name, essence)) {
                held.seen(name, stored.addresses(name));
                touch(name);
            }
        } else if (key.type().equals(EndpointTypes.SLICES)) {
            stored.apply(before, after).forEach(place -> agenda.endpoints(place.name(), place.cluster()));
        }
    }

    private void applyNamespace(String namespace, @Nullable Resource after) {
        boolean exists =
                after != null && !after.json().toTree().path("metadata").hasNonNull("deletionTimestamp");
        boolean changed = exists ? namespaces.add(namespace) : namespaces.remove(namespace);
        if (changed) {
            exported.names(namespace).forEach(this::touch);
            stored.imported(namespace).forEach(this::touch);
        }
    }

    /** Forgets what the shard holds, before it tells again. */
    void clear() {
        namespaces.clear();
        stored.clear().forEach(this::touch);
    }

    /** The names that are to be looked at, oldest wish first. */
    Collection<ExportName> waiting() {
        return agenda.waiting();
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
        ImportAgenda.Item item = agenda.take(name);
        ImportedService known = merged.get(name);
        if (!item.properties() && known != null) {
            // What all clusters agree on does not depend on endpoints, so this costs the same however many clusters
            // there are.
            List<DerivedWrite> writes = new ArrayList<>();
            item.clusters().forEach(cluster -> writeSlices(writes, name, cluster, known));
            return new Step(writes, List.of());
        }
        ImportedService imported = namespaces.contains(name.namespace()) ? merge(name) : null;
        if (imported == null) {
            return new Step(withdraw(name), List.of());
        }
        List<Claim> claims = claims(name, imported);
        if (!claims.isEmpty() && !denied.containsKey(name)) {
            boolean first = agenda.park(name, item);
            return new Step(List.of(), first ? claims : List.of());
        }
        // What it came to is kept in any case: changes of endpoints alone go by it.
        boolean all = !imported.equals(merged.put(name, imported)) || item.every();
        List<DerivedWrite> writes = new ArrayList<>();
        writeImport(writes, name, imported, now);
        Set<String> concerned = new TreeSet<>(item.clusters());
        if (all) {
            concerned.addAll(imported.clusters());
            concerned.addAll(stored.clusters(name));
        }
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

    /** Takes over addresses that were claimed for a name. */
    void grant(ExportName name, List<Grant> grants) {
        denied.remove(name);
        held.granted(name, grants);
        agenda.resume(name);
    }

    /** Takes over that there is no address for a name now. */
    void deny(ExportName name, String why) {
        denied.put(name, why);
        held.denied(name, stored.addresses(name));
        agenda.resume(name);
    }

    /** Asks for an address again where there was none. */
    void retry(ExportName name) {
        if (denied.remove(name) != null) {
            touch(name);
        }
    }

    private List<DerivedWrite> withdraw(ExportName name) {
        held.forget(name);
        denied.remove(name);
        merged.remove(name);
        return stored.remove(name).stream()
                .<DerivedWrite>map(DerivedWrite.Remove::new)
                .toList();
    }

    private void writeImport(List<DerivedWrite> writes, ExportName name, ImportedService imported, Instant now) {
        ObjectNode before = stored.essence(name);
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
                before == null ? MissingNode.getInstance() : before,
                now);
        ObjectNode essence = ServiceImportObject.essence(wanted);
        if (stored.put(name, essence)) {
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
        for (String slice : new TreeSet<>(stored.slices(name, cluster).keySet())) {
            if (!wanted.containsKey(slice)) {
                StoredImports.Place place = new StoredImports.Place(name, cluster, slice);
                stored.put(place, null);
                writes.add(new DerivedWrite.Remove(place.key()));
            }
        }
        wanted.forEach((slice, content) -> {
            StoredImports.Place place = new StoredImports.Place(name, cluster, slice);
            if (stored.put(place, SliceFingerprint.of(content))) {
                writes.add(new DerivedWrite.Put(place.key(), content.toObject(place.key(), "")));
            }
        });
    }
}
