package dev.weft.registry.shard;

import dev.weft.registry.journal.Upkeep;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One step of a shard, as it is stored: whole or not at all.
 *
 * @param entries what became of which object, in the order of their versions; may be empty
 * @param clockFloor after a restart versions begin after this one, since earlier ones may have been closed to followers
 */
public record ShardEvent(List<Entry> entries, long clockFloor) implements Upkeep {
    public ShardEvent {
        entries = List.copyOf(entries);
    }

    /**
     * What one object became.
     *
     * @param after null if it was removed
     */
    public record Entry(ResourceKey key, @Nullable Resource after, long version) {}

    /** One that only reserves versions is: no reader of several shards could be answered without it. */
    @Override
    public boolean isUpkeep() {
        return entries.isEmpty();
    }

    /** The version of its last entry; 0 if it has none. */
    public long version() {
        return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).version();
    }

    /** What it changes in a state. */
    public List<Change> changes(ShardState state) {
        List<Change> changes = new ArrayList<>(entries.size());
        Map<ResourceKey, Change> last = new HashMap<>();
        for (Entry entry : entries) {
            Change earlier = last.get(entry.key());
            Resource before = earlier == null ? state.objects().get(entry.key()) : earlier.after();
            Change change = new Change(before, entry.after(), entry.version());
            changes.add(change);
            last.put(entry.key(), change);
        }
        return changes;
    }
}
