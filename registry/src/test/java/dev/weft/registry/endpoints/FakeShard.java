package dev.weft.registry.endpoints;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Derivation;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.StateView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A shard reduced to what a derivation sees: applies its writes, and tells it of them as changes. */
public final class FakeShard implements StateView {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private final Map<ResourceKey, Resource> objects = new TreeMap<>(Comparator.comparing(ResourceKey::toString));
    private final @Nullable Derivation derivation;
    private final List<DerivedWrite> lastWrites = new ArrayList<>();
    private long version = 1;

    public FakeShard(@Nullable Derivation derivation) {
        this.derivation = derivation;
        if (derivation != null) {
            derivation.start(this, List.of());
        }
    }

    @Override
    public @Nullable Resource get(ResourceKey key) {
        return objects.get(key);
    }

    @Override
    public Collection<Resource> list(ResourceType type, String namespace) {
        return objects.values().stream()
                .filter(each ->
                        each.key().type().equals(type) && each.key().namespace().equals(namespace))
                .toList();
    }

    public List<Resource> all() {
        return List.copyOf(objects.values());
    }

    /** What the derivation wrote in the last step. */
    public List<DerivedWrite> writes() {
        return List.copyOf(lastWrites);
    }

    /** Puts an object given as loose JSON ({@code 'a': 1} is allowed) and lets the derivation follow. */
    public Resource put(ResourceType type, String name, String json) {
        Change change = store(new ResourceKey(type, "ns", name), tree(json));
        settle(List.of(change));
        Resource after = change.after();
        if (after == null) {
            throw new IllegalStateException("put without an outcome");
        }
        return after;
    }

    public void remove(ResourceType type, String name) {
        settle(List.of(drop(new ResourceKey(type, "ns", name))));
    }

    /** A batch without changes. */
    public void idle() {
        lastWrites.clear();
        if (derivation != null) {
            run(derivation.due(this), derivation);
        }
    }

    /** Starts another derivation on the same objects. */
    public FakeShard restarted(Derivation another) {
        FakeShard next = new FakeShard(another);
        next.objects.putAll(objects);
        next.version = version;
        next.run(another.start(next, all()), another);
        return next;
    }

    private void settle(List<Change> changes) {
        lastWrites.clear();
        if (derivation != null) {
            run(derivation.derive(this, changes), derivation);
        }
    }

    private void run(List<DerivedWrite> first, Derivation follower) {
        List<DerivedWrite> writes = first;
        for (int round = 0; !writes.isEmpty(); round++) {
            if (round > 5) {
                throw new AssertionError("the derivation does not come to rest: " + writes);
            }
            List<Change> changes = new ArrayList<>();
            for (DerivedWrite write : writes) {
                Resource before = objects.get(write.key());
                if (write instanceof DerivedWrite.Put put) {
                    if (before == null || !same(before.json().toTree(), put.object())) {
                        lastWrites.add(write);
                        changes.add(store(put.key(), put.object().deepCopy()));
                    }
                } else if (before != null) {
                    lastWrites.add(write);
                    changes.add(drop(write.key()));
                }
            }
            writes = changes.isEmpty() ? List.of() : follower.derive(this, changes);
        }
    }

    private static boolean same(ObjectNode stored, ObjectNode wanted) {
        ObjectNode metadata = (ObjectNode) stored.path("metadata");
        metadata.remove(List.of("uid", "resourceVersion"));
        return stored.equals(wanted);
    }

    private Change store(ResourceKey key, ObjectNode json) {
        Resource before = objects.get(key);
        version++;
        ObjectNode metadata = json.withObjectProperty("metadata");
        metadata.put("name", key.name());
        metadata.put("namespace", key.namespace());
        String uid = before != null
                ? before.uid()
                : metadata.path("uid").asText("00000000-0000-4000-8000-" + String.format("%012d", version));
        metadata.put("uid", uid);
        metadata.put("resourceVersion", Long.toString(version));
        Map<String, String> labels = new HashMap<>();
        metadata.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        Resource after = new Resource(key, uid, version, labels, JsonBytes.of(json));
        objects.put(key, after);
        return new Change(before, after, version);
    }

    private Change drop(ResourceKey key) {
        version++;
        return new Change(objects.remove(key), null, version);
    }

    /** Loose JSON to a tree. */
    public static ObjectNode tree(String json) {
        try {
            return (ObjectNode) MAPPER.readTree(json.replace('\'', '"'));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /** The slices of a Service, in the order of their names. */
    public List<SliceContent> slices(String service) {
        return list(EndpointTypes.SLICES, "ns").stream()
                .filter(each -> service.equals(each.labels().get(EndpointTypes.SERVICE_NAME)))
                .map(SliceContent::parse)
                .toList();
    }

    public JsonNode json(ResourceType type, String name) {
        Resource found = objects.get(new ResourceKey(type, "ns", name));
        if (found == null) {
            throw new AssertionError(type + "/" + name + " does not exist");
        }
        return found.json().toTree();
    }
}
