package dev.weft.registry.federation;

import akka.util.ByteString;
import dev.weft.gossip.FederationEvent;
import dev.weft.gossip.Origin;
import dev.weft.gossip.RecordChange;
import dev.weft.registry.wire.ExportRecord;
import dev.weft.registry.wire.FederationCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What every cluster exports under the names of one shard, this cluster included. All stays encoded, as it came and as
 * gossip holds it, until it is needed. Mutable, for one thread.
 */
final class ExportIndex {
    private final Predicate<String> owned;
    private final Listener changed;
    /** Of each origin, which life of its cluster counts. */
    private final Map<Source, Long> incarnations = new HashMap<>();

    private final Map<ExportName, Exports> exports = new HashMap<>();

    /** Hears of every change. */
    interface Listener {
        /**
         * Something of a name and cluster changed.
         *
         * @param properties whether it is more than endpoints
         */
        void changed(ExportName name, String cluster, boolean properties);
    }

    private record Source(String cluster, int shard) {}

    /**
     * What all say of a name.
     *
     * @param name the one that all who are told of it share
     */
    private record Exports(ExportName name, Map<String, ClusterExport> clusters) {}

    /**
     * @param owned which namespaces matter
     * @param changed told of every name and cluster of which something changed
     */
    ExportIndex(Predicate<String> owned, Listener changed) {
        this.owned = owned;
        this.changed = changed;
    }

    /** Takes over what an origin became. What comes from an earlier life of a cluster than is known does not count. */
    void apply(FederationEvent event) {
        if (event instanceof FederationEvent.OriginState state) {
            replace(state.origin(), state.records());
        } else if (event instanceof FederationEvent.OriginChanged delta) {
            if (incarnation(delta.origin()) == delta.origin().incarnation()) {
                delta.changes().forEach(change -> put(delta.origin(), change));
            }
        } else if (event instanceof FederationEvent.OriginGone gone
                && incarnation(gone.origin()) == gone.origin().incarnation()) {
            replace(gone.origin(), List.of());
            incarnations.remove(source(gone.origin()));
        }
    }

    private long incarnation(Origin origin) {
        return incarnations.computeIfAbsent(source(origin), none -> origin.incarnation());
    }

    private static Source source(Origin origin) {
        return new Source(origin.cluster(), origin.shard());
    }

    private void replace(Origin origin, List<RecordChange> records) {
        Long known = incarnations.get(source(origin));
        if (known != null && known > origin.incarnation()) {
            return;
        }
        incarnations.put(source(origin), origin.incarnation());
        Set<String> before = known == null ? new HashSet<>() : keys(origin);
        for (RecordChange record : records) {
            put(origin, record);
            before.remove(record.key());
        }
        before.forEach(key -> put(origin, new RecordChange(key, null)));
    }

    /** Looks at all names: an origin is told as a whole once in its life, mostly. */
    private Set<String> keys(Origin origin) {
        Set<String> keys = new HashSet<>();
        exports.values().forEach(all -> {
            ClusterExport export = all.clusters().get(origin.cluster());
            if (export != null && export.shard() == origin.shard()) {
                keys.addAll(export.endpointKeys());
                if (export.service() != null) {
                    keys.add(all.name().toString());
                }
            }
        });
        return keys;
    }

    private void put(Origin origin, RecordChange change) {
        ExportKey key = ExportKey.parse(change.key());
        if (key == null || !owned.test(key.name().namespace())) {
            return;
        }
        ByteString payload = change.payload();
        Exports all = exports.computeIfAbsent(key.name(), name -> new Exports(name, new TreeMap<>()));
        ClusterExport export = all.clusters().computeIfAbsent(origin.cluster(), none -> new ClusterExport());
        export.from(origin.shard());
        if (!key.part().isEmpty()) {
            export.endpoints(change.key(), payload == null ? null : payload.compact());
        } else {
            export.service(
                    payload != null && FederationCodec.decode(payload) instanceof ExportRecord.Service
                            ? payload.compact()
                            : null);
        }
        if (export.isEmpty()) {
            all.clusters().remove(origin.cluster());
            if (all.clusters().isEmpty()) {
                exports.remove(all.name());
            }
        }
        changed.changed(all.name(), origin.cluster(), key.part().isEmpty());
    }

    private Map<String, ClusterExport> of(ExportName name) {
        Exports all = exports.get(name);
        return all == null ? Map.of() : all.clusters();
    }

    /** The exported names of a namespace. */
    List<ExportName> names(String namespace) {
        return exports.keySet().stream()
                .filter(name -> name.namespace().equals(namespace))
                .toList();
    }

    /** What a cluster exports. */
    List<ExportName> namesOf(String cluster) {
        return exports.values().stream()
                .filter(all -> all.clusters().containsKey(cluster))
                .map(Exports::name)
                .toList();
    }

    /** The properties of a name by cluster; a cluster of which only endpoints are known does not count yet. */
    Map<String, ExportRecord.Service> services(ExportName name) {
        Map<String, ExportRecord.Service> services = new TreeMap<>();
        of(name).forEach((cluster, export) -> {
            ByteString payload = export.service();
            if (payload != null && FederationCodec.decode(payload) instanceof ExportRecord.Service service) {
                services.put(cluster, service);
            }
        });
        return services;
    }

    /** One cluster's endpoints of a name, decoded. */
    List<ExportRecord.Endpoints> endpoints(ExportName name, String cluster) {
        ClusterExport export = of(name).get(cluster);
        List<ExportRecord.Endpoints> endpoints = new ArrayList<>();
        if (export != null) {
            for (ByteString payload : export.endpoints()) {
                if (FederationCodec.decode(payload) instanceof ExportRecord.Endpoints part) {
                    endpoints.add(part);
                }
            }
        }
        return endpoints;
    }
}
