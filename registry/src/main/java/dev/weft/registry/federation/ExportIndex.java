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
import org.jspecify.annotations.Nullable;

/**
 * What every cluster exports under the names of one shard, this cluster included. All stays encoded, as it came and as
 * gossip holds it, until it is needed. Mutable, for one thread.
 */
final class ExportIndex {
    private final Predicate<String> owned;
    private final Listener changed;
    /** Of each origin, which life of its cluster counts. */
    private final Map<Source, Long> incarnations = new HashMap<>();

    private final Map<ExportName, Map<String, ClusterExport>> exports = new HashMap<>();

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

    /** What one cluster says of a name: all from one origin, where the name's namespace lives there. */
    private static final class ClusterExport {
        int shard;

        @Nullable
        ByteString service;

        /** By the whole key, which gossip holds anyway. */
        final Map<String, ByteString> endpoints = new TreeMap<>();
    }

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
        if (incarnation(origin) > origin.incarnation()) {
            return;
        }
        incarnations.put(source(origin), origin.incarnation());
        Set<String> before = keys(origin);
        for (RecordChange record : records) {
            put(origin, record);
            before.remove(record.key());
        }
        before.forEach(key -> put(origin, new RecordChange(key, null)));
    }

    /** Looks at all names: an origin is told as a whole once in its life, mostly. */
    private Set<String> keys(Origin origin) {
        Set<String> keys = new HashSet<>();
        exports.forEach((name, clusters) -> {
            ClusterExport export = clusters.get(origin.cluster());
            if (export != null && export.shard == origin.shard()) {
                keys.addAll(export.endpoints.keySet());
                if (export.service != null) {
                    keys.add(name.toString());
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
        Map<String, ClusterExport> clusters = exports.computeIfAbsent(key.name(), none -> new TreeMap<>());
        ClusterExport export = clusters.computeIfAbsent(origin.cluster(), none -> new ClusterExport());
        export.shard = origin.shard();
        if (key.part().isEmpty()) {
            export.service = payload != null && FederationCodec.decode(payload) instanceof ExportRecord.Service
                    ? payload.compact()
                    : null;
        } else if (payload == null) {
            export.endpoints.remove(change.key());
        } else {
            export.endpoints.put(change.key(), payload.compact());
        }
        if (export.service == null && export.endpoints.isEmpty()) {
            clusters.remove(origin.cluster());
            exports.computeIfPresent(key.name(), (same, all) -> all.isEmpty() ? null : all);
        }
        changed.changed(key.name(), origin.cluster(), key.part().isEmpty());
    }

    /** The exported names of a namespace. */
    List<ExportName> names(String namespace) {
        return exports.keySet().stream()
                .filter(name -> name.namespace().equals(namespace))
                .toList();
    }

    /** What a cluster exports. */
    List<ExportName> namesOf(String cluster) {
        return exports.entrySet().stream()
                .filter(export -> export.getValue().containsKey(cluster))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The properties of a name by cluster; a cluster of which only endpoints are known does not count yet. */
    Map<String, ExportRecord.Service> services(ExportName name) {
        Map<String, ExportRecord.Service> services = new TreeMap<>();
        exports.getOrDefault(name, Map.of()).forEach((cluster, export) -> {
            ByteString payload = export.service;
            if (payload != null && FederationCodec.decode(payload) instanceof ExportRecord.Service service) {
                services.put(cluster, service);
            }
        });
        return services;
    }

    /** One cluster's endpoints of a name, decoded. */
    List<ExportRecord.Endpoints> endpoints(ExportName name, String cluster) {
        ClusterExport export = exports.getOrDefault(name, Map.of()).get(cluster);
        List<ExportRecord.Endpoints> endpoints = new ArrayList<>();
        if (export != null) {
            for (ByteString payload : export.endpoints.values()) {
                if (FederationCodec.decode(payload) instanceof ExportRecord.Endpoints part) {
                    endpoints.add(part);
                }
            }
        }
        return endpoints;
    }
}
