package dev.weft.registry.federation;

import akka.util.ByteString;
import dev.weft.gossip.RecordChange;
import dev.weft.registry.endpoints.EndpointTypes;
import dev.weft.registry.endpoints.SliceContent;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.wire.ExportRecord;
import dev.weft.registry.wire.FederationCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one shard of this cluster exports, and what of that the others have been told. Mutable, for one thread; knows no
 * actor.
 *
 * <p>A name of which one record is larger than the others take is kept back as a whole, so that nobody sees half a Service.
 */
final class ExportBook {
    private final Map<ExportName, Resource> exports = new HashMap<>();
    private final Map<ExportName, Resource> services = new HashMap<>();
    private final Map<ExportName, Map<String, Resource>> slices = new HashMap<>();
    private final Map<ResourceKey, SliceContent> read = new HashMap<>();
    private final Map<ExportName, Map<String, ExportRecord>> told = new HashMap<>();
    private final Set<ExportName> dirty = new LinkedHashSet<>();
    /** Names that are kept back, and how large their largest record is. */
    private final Map<ExportName, Integer> keptBack = new HashMap<>();

    private final Set<ExportName> judged = new LinkedHashSet<>();
    private final int recordBytes;

    /**
     * @param recordBytes how large a record may be, encoded
     */
    ExportBook(int recordBytes) {
        this.recordBytes = recordBytes;
    }

    /**
     * Takes over what an object became.
     *
     * @return whose ServiceExport may have to say something else now; null if nobody's
     */
    @Nullable
    ExportName apply(ResourceKey key, @Nullable Resource before, @Nullable Resource after) {
        ResourceType type = key.type();
        if (type.equals(EndpointTypes.SERVICES) || type.equals(FederationTypes.EXPORTS)) {
            ExportName name = ExportName.of(key);
            put(type.equals(EndpointTypes.SERVICES) ? services : exports, name, after);
            if (!exports.containsKey(name)) {
                slices.getOrDefault(name, Map.of()).values().forEach(slice -> read.remove(slice.key()));
            }
            touch(name);
            return name;
        }
        if (type.equals(EndpointTypes.SLICES)) {
            move(key, before, after);
        }
        return null;
    }

    private static void put(Map<ExportName, Resource> map, ExportName name, @Nullable Resource after) {
        if (after == null) {
            map.remove(name);
        } else {
            map.put(name, after);
        }
    }

    private void move(ResourceKey key, @Nullable Resource before, @Nullable Resource after) {
        read.remove(key);
        if (before != null) {
            ExportName name = owner(before);
            slices.computeIfPresent(name, (same, all) -> all.remove(key.name()) != null && all.isEmpty() ? null : all);
            touch(name);
        }
        if (after != null) {
            ExportName name = owner(after);
            if (!name.name().isEmpty()) {
                slices.computeIfAbsent(name, none -> new TreeMap<>()).put(key.name(), after);
                touch(name);
            }
        }
    }

    /** Imported slices carry another label, so that nothing is ever exported again. */
    private static ExportName owner(Resource slice) {
        return new ExportName(slice.key().namespace(), slice.labels().getOrDefault(EndpointTypes.SERVICE_NAME, ""));
    }

    private void touch(ExportName name) {
        if (exports.containsKey(name) || told.containsKey(name) || keptBack.containsKey(name)) {
            dirty.add(name);
        }
    }

    /** What the others have not been told yet; from now on they count as told. */
    List<RecordChange> changes() {
        List<RecordChange> changes = new ArrayList<>();
        for (ExportName name : dirty) {
            Map<String, ExportRecord> before = told.getOrDefault(name, Map.of());
            Map<String, ExportRecord> now = records(name);
            List<RecordChange> puts = new ArrayList<>();
            now.forEach((key, content) -> {
                if (!content.equals(before.get(key))) {
                    puts.add(new RecordChange(key, FederationCodec.encode(content)));
                }
            });
            if (keepsBack(name, puts)) {
                now = Map.of();
            } else {
                changes.addAll(puts);
            }
            Set<String> stays = now.keySet();
            before.keySet().stream()
                    .filter(key -> !stays.contains(key))
                    .forEach(key -> changes.add(new RecordChange(key, null)));
            if (now.isEmpty()) {
                told.remove(name);
            } else {
                told.put(name, now);
            }
        }
        dirty.clear();
        return changes;
    }

    private boolean keepsBack(ExportName name, List<RecordChange> puts) {
        int largest = 0;
        for (RecordChange put : puts) {
            ByteString payload = put.payload();
            largest = Math.max(largest, payload == null ? 0 : payload.length());
        }
        Integer now = largest > recordBytes ? Integer.valueOf(largest) : null;
        Integer before = now == null ? keptBack.remove(name) : keptBack.put(name, now);
        if (!Objects.equals(now, before)) {
            judged.add(name);
        }
        return now != null;
    }

    /** The names of which {@link #validity} says something else since this was last asked, because of their size. */
    Set<ExportName> judged() {
        Set<ExportName> all = Set.copyOf(judged);
        judged.clear();
        return all;
    }

    /** Everything that the others should know; from now on it counts as told. */
    Map<String, ByteString> everything() {
        changes();
        Map<String, ByteString> records = new HashMap<>();
        told.values().forEach(all -> all.forEach((key, content) -> records.put(key, FederationCodec.encode(content))));
        return records;
    }

    /** The ServiceExport of this name; null if there is none. */
    @Nullable
    Resource export(ExportName name) {
        return exports.get(name);
    }

    ExportPlan.Validity validity(ExportName name) {
        Integer largest = keptBack.get(name);
        return largest == null
                ? ExportPlan.Validity.of(services.get(name))
                : ExportPlan.Validity.tooLarge(largest, recordBytes);
    }

    private Map<String, ExportRecord> records(ExportName name) {
        Resource export = exports.get(name);
        if (export == null) {
            return Map.of();
        }
        List<SliceContent> contents = new ArrayList<>();
        slices.getOrDefault(name, Map.of())
                .values()
                .forEach(slice -> contents.add(read.computeIfAbsent(slice.key(), same -> SliceContent.parse(slice))));
        return ExportPlan.records(export, services.get(name), contents);
    }

    /** Forgets what the shard holds, before it tells again; what the others were told stays known. */
    void clear() {
        dirty.addAll(told.keySet());
        dirty.addAll(keptBack.keySet());
        exports.clear();
        services.clear();
        slices.clear();
        read.clear();
    }
}
