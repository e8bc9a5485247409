package dev.weft.registry.shard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.gossip.clock.HybridClock;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.StateView;
import dev.weft.registry.watch.ResourceStamp;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A step in the making: the state with the changes decided so far. Every change gets the next version. */
final class ShardStep implements StateView {
    private final HybridClock clock;
    private final List<ShardEvent.Entry> entries = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    /** What was put in this step, beside the trees that it was made from: reconcilers look at it next. */
    private final Map<ResourceKey, Written> written = new HashMap<>();

    private ShardState state;

    ShardStep(ShardState state, HybridClock clock) {
        this.state = state;
        this.clock = clock;
    }

    private record Written(Resource object, ObjectNode tree) {}

    ShardState state() {
        return state;
    }

    List<ShardEvent.Entry> entries() {
        return entries;
    }

    List<Change> changes() {
        return changes;
    }

    @Override
    public @Nullable Resource get(ResourceKey key) {
        return state.objects().get(key);
    }

    @Override
    public JsonNode tree(Resource object) {
        Written last = written.get(object.key());
        return last != null && last.object() == object ? last.tree() : StateView.super.tree(object);
    }

    /** Whether an object, as it is now, is of this step. */
    boolean hasPut(Resource object) {
        Written last = written.get(object.key());
        return last != null && last.object() == object;
    }

    @Override
    public Collection<Resource> list(ResourceType type, String namespace) {
        var collection = new dev.weft.registry.watch.Collection(type, namespace);
        var objects = state.objects();
        return new AbstractCollection<>() {
            @Override
            public Iterator<Resource> iterator() {
                return objects.range(collection).iterator();
            }

            @Override
            public int size() {
                return objects.count(collection);
            }
        };
    }

    /**
     * Stores an object.
     *
     * @param tree complete but for its version, which is set in it; not to be changed any more
     */
    Resource put(ResourceKey key, ObjectNode tree) {
        long version = clock.next().packed();
        Resource object = ResourceStamp.of(key, tree, version);
        apply(new ShardEvent.Entry(key, object, version));
        written.put(key, new Written(object, tree));
        return object;
    }

    /** Removes an object that is there; returns its last state, with the version of the removal. */
    Resource remove(Resource present) {
        long version = clock.next().packed();
        apply(new ShardEvent.Entry(present.key(), null, version));
        return ResourceStamp.again(present, version);
    }

    /** Where a step stood. */
    record Mark(ShardState state, int length) {}

    /** Where the step stands. */
    Mark mark() {
        return new Mark(state, entries.size());
    }

    /** Takes back everything since a mark. Its versions are not given out again. */
    void rollBack(Mark mark) {
        state = mark.state();
        entries.subList(mark.length(), entries.size()).clear();
        changes.subList(mark.length(), changes.size()).clear();
    }

    private void apply(ShardEvent.Entry entry) {
        changes.add(new Change(state.objects().get(entry.key()), entry.after(), entry.version()));
        entries.add(entry);
        state = state.with(entry);
    }
}
