package dev.weft.registry.federation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.gossip.FederationEvent;
import dev.weft.gossip.Origin;
import dev.weft.gossip.RecordChange;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.endpoints.EndpointTypes;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.federation.Conditions.Condition;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Some clusters of one federation without actors or links: the real books, whose words all hear at once. */
final class ModelClusters {
    static final ExportName HELLO = new ExportName("ns", "hello");
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final List<Model> all = new ArrayList<>();

    ModelClusters(String... names) {
        for (String name : names) {
            all.add(new Model(name, 112 + all.size()));
        }
        all.forEach(cluster -> cluster.put(FederationTypes.NAMESPACES, "ns", "{}"));
    }

    List<Model> all() {
        return List.copyOf(all);
    }

    Model first() {
        return all.get(0);
    }

    Model second() {
        return all.get(1);
    }

    /** Lets everybody hear what is new and do what follows. */
    void settle() {
        for (Model cluster : all) {
            List<RecordChange> changes = cluster.exports.changes();
            if (!changes.isEmpty()) {
                FederationEvent told = new FederationEvent.OriginChanged(new Origin(cluster.name, 0, 1), changes);
                all.forEach(other -> other.imports.exported().apply(told));
            }
        }
        all.forEach(Model::bringUpToDate);
    }

    /** One cluster. */
    final class Model {
        final String name;
        final ImportBook imports = new ImportBook(namespace -> true, Set.of("IPv4"));
        final ExportBook exports = new ExportBook(512 * 1024);
        private final FakeShard shard = new FakeShard(null);
        private final Map<ResourceKey, Resource> own = new HashMap<>();
        private final Map<String, JsonNode> written = new TreeMap<>();
        private final int range;
        private int addresses;

        private Model(String name, int range) {
            this.name = name;
            this.range = range;
        }

        /** A Service of this name with one ready endpoint for each of its ports; {@code spec} is loose JSON. */
        Model service(String spec) {
            put(EndpointTypes.SERVICES, "hello", "{'metadata':{'labels':{'own':'label'}},'spec':{" + spec + "}}");
            return this;
        }

        Model endpoints(String address, String ports) {
            put(
                    EndpointTypes.SLICES,
                    "hello-1",
                    "{'metadata':{'labels':{'kubernetes.io/service-name':'hello'}},'addressType':'IPv4','ports':["
                            + ports + "],'endpoints':[{'addresses':['" + address + "'],'conditions':{'ready':true}}]}");
            return this;
        }

        /** Exports it, so many seconds after the beginning; {@code spec} is loose JSON. */
        void export(int seconds, String spec) {
            put(
                    FederationTypes.EXPORTS,
                    "hello",
                    "{'metadata':{'creationTimestamp':'" + NOW.plusSeconds(seconds) + "'},'spec':{" + spec + "}}");
            settle();
        }

        void unexport() {
            ResourceKey key = new ResourceKey(FederationTypes.EXPORTS, "ns", "hello");
            apply(key, own.remove(key), null);
            settle();
        }

        private void put(ResourceType type, String object, String json) {
            Resource after = shard.put(type, object, json);
            apply(after.key(), own.put(after.key(), after), after);
        }

        private void apply(ResourceKey key, @Nullable Resource before, @Nullable Resource after) {
            imports.apply(key, before, after);
            exports.apply(key, before, after);
        }

        private void bringUpToDate() {
            while (!imports.waiting().isEmpty()) {
                ExportName next = imports.waiting().iterator().next();
                ImportBook.Step step = imports.step(next, NOW);
                if (!step.claims().isEmpty()) {
                    imports.grant(
                            next,
                            step.claims().stream()
                                    .map(claim -> new Grant(claim, "127." + range + ".0." + ++addresses))
                                    .toList());
                }
                for (DerivedWrite write : step.writes()) {
                    if (write instanceof DerivedWrite.Put put) {
                        written.put(put.key().toString(), put.object());
                    } else {
                        written.remove(write.key().toString());
                    }
                }
            }
        }

        /** The ServiceImport; null where there is none. */
        @Nullable
        JsonNode serviceImport() {
            return written.get(HELLO.key(FederationTypes.IMPORTS).toString());
        }

        /** The imported slices. */
        List<JsonNode> slices() {
            return written.values().stream()
                    .filter(object -> object.path("kind").asText().equals("EndpointSlice"))
                    .toList();
        }

        /** All that the federation wrote here. */
        Map<String, JsonNode> written() {
            return Map.copyOf(written);
        }

        /** A condition of the ServiceExport. */
        Condition condition(String type) {
            ImportedService imported = imports.merge(HELLO);
            boolean ours = imported != null && imported.clusters().contains(name);
            return ExportConditions.of(exports.validity(HELLO), ours ? imported : null).stream()
                    .filter(condition -> condition.type().equals(type))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
