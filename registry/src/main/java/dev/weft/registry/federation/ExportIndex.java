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
    private final Map<Source, Known> sources = new HashMap<>();
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

    private record Known(long incarnation, Set<String> keys) {}

    private static final class ClusterExport {
        @Nullable
        ByteString service;

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
            Known known = known(delta.origin());
            if (known.incarnation() == delta.origin().incarnation()) {
                delta.changes().forEach(change -> put(delta.origin(), known, change));
            }
        } else if (event instanceof FederationEvent.OriginGone gone
                && known(gone.origin()).incarnation() == gone.origin().incarnation()) {
            replace(gone.origin(), List.of());
            sources.remove(source(gone.origin()));
        }
    }

    private Known known(Origin origin) {
        return sources.computeIfAbsent(source(origin), none -> new Known(origin.incarnation(), new HashSet<>()));
    }

    private static Source source(Origin origin) {
        return new Source(origin.cluster(), origin.shard());
    }

    private void replace(Origin origin, List<RecordChange> records) {
        Known before = known(origin);
        if (before.incarnation() > origin.incarnation()) {
            return;
        }
        Known now = new Known(origin.incarnation(), new HashSet<>());
        sources.put(source(origin), now);
        records.forEach(record -> put(origin, now, record));
        for (String key : before.keys()) {
            if (!now.keys().contains(key)) {
                put(origin, now, new RecordChange(key, null));
            }
        }
    }

    private void put(Origin origin, Known known, RecordChange change) {
        ExportKey key = ExportKey.parse(change.key());
        if (key == null || !owned.test(key.name().namespace())) {
            return;
        }
        ByteString payload = change.payload();
        if (payload == null) {
            known.keys().remove(change.key());
        } else {
            known.keys().add(change.key());
        }
        Map<String, ClusterExport> clusters = exports.computeIfAbsent(key.name(), none -> new TreeMap<>());
        ClusterExport export = clusters.computeIfAbsent(origin.cluster(), none -> new ClusterExport());
        if (key.part().isEmpty()) {
            export.service = payload != null && FederationCodec.decode(payload) instanceof ExportRecord.Service
                    ? payload.compact()
                    : null;
        } else if (payload == null) {
            export.endpoints.remove(key.part());
        } else {
            export.endpoints.put(key.part(), payload.compact());
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
