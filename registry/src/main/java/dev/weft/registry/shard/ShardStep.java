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
import dev.weft.registry.watch.ResourceTree;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A step in the making: the state with the changes decided so far. Every change gets the next version.
 *
 * <p>The changes are put into the tree of objects when somebody asks for it, which most steps do once, at their end; until then
 * each object is found by its name.
 */
final class ShardStep implements StateView {
    private final ShardState begun;
    private final HybridClock clock;
    private final List<ShardEvent.Entry> entries = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    /** Everything that was changed, and what else was looked for. */
    private final Map<ResourceKey, Seen> seen = new HashMap<>();
    /** The objects after the first so many changes. */
    private ResourceTree objects;

    private int settled;

    ShardStep(ShardState state, HybridClock clock) {
        this.begun = state;
        this.clock = clock;
        this.objects = state.objects();
    }

    /**
     * An object as it is now.
     *
     * @param object null if there is none
     * @param tree what it was made from in this step; null if it was not
     */
    private record Seen(@Nullable Resource object, @Nullable ObjectNode tree) {}

    /** The state with all changes so far. */
    ShardState state() {
        return new ShardState(objects(), version(), begun.clockFloor());
    }

    /** The version of the last change. */
    long version() {
        return entries.isEmpty()
                ? begun.version()
                : entries.get(entries.size() - 1).version();
    }

    private ResourceTree objects() {
        objects = objects.after(changes.subList(settled, changes.size()));
        settled = changes.size();
        return objects;
    }

    List<ShardEvent.Entry> entries() {
        return entries;
    }

    List<Change> changes() {
        return changes;
    }

    @Override
    public @Nullable Resource get(ResourceKey key) {
        Seen known = seen.get(key);
        if (known == null) {
            known = new Seen(begun.objects().get(key), null);
            seen.put(key, known);
        }
        return known.object();
    }

    @Override
    public JsonNode tree(Resource object) {
        Seen last = seen.get(object.key());
        Resource present = last == null ? null : last.object();
        ObjectNode tree = last == null ? null : last.tree();
        // No two objects have the same version.
        boolean same = present != null && present.version() == object.version();
        return same && tree != null ? tree : StateView.super.tree(object);
    }

    /** Whether an object, as it is now, is of this step. */
    boolean hasPut(Resource object) {
        return object.version() > begun.version();
    }

    @Override
    public Collection<Resource> list(ResourceType type, String namespace) {
        var collection = new dev.weft.registry.watch.Collection(type, namespace);
        var present = objects();
        return new AbstractCollection<>() {
            @Override
            public Iterator<Resource> iterator() {
                return present.range(collection).iterator();
            }

            @Override
            public int size() {
                return present.count(collection);
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
        apply(new ShardEvent.Entry(key, object, version), tree);
        return object;
    }

    /** Removes an object that is there; returns its last state, with the version of the removal. */
    Resource remove(Resource present) {
        long version = clock.next().packed();
        apply(new ShardEvent.Entry(present.key(), null, version), null);
        return ResourceStamp.again(present, version);
    }

    /**
     * Where a step stood.
     *
     * @param length after so many changes
     */
    record Mark(int length) {}

    /** Where the step stands. */
    Mark mark() {
        return new Mark(entries.size());
    }

    /** Takes back everything since a mark. Its versions are not given out again. */
    void rollBack(Mark mark) {
        entries.subList(mark.length(), entries.size()).clear();
        changes.subList(mark.length(), changes.size()).clear();
        objects = begun.objects();
        settled = 0;
        seen.clear();
        changes.forEach(change -> seen.put(change.key(), new Seen(change.after(), null)));
    }

    private void apply(ShardEvent.Entry entry, @Nullable ObjectNode tree) {
        changes.add(new Change(get(entry.key()), entry.after(), entry.version()));
        entries.add(entry);
        seen.put(entry.key(), new Seen(entry.after(), tree));
    }
}
