package dev.weft.registry.shard;

import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import java.util.List;

/** What a follower of a shard hears, in order. */
public sealed interface ShardFeed {
    /** Which shard speaks. */
    int shard();

    /**
     * A part of everything that the shard holds.
     *
     * @param first whether it begins a snapshot: forget what was known of this shard
     * @param last whether it ends the snapshot
     * @param version of the snapshot
     */
    record Snapshot(int shard, List<Resource> part, boolean first, boolean last, long version) implements ShardFeed {
        public Snapshot {
            part = List.copyOf(part);
        }
    }

    /**
     * One batch, on disk.
     *
     * @param changes in the order of their versions
     * @param version of the last one
     */
    record Committed(int shard, List<Change> changes, long version) implements ShardFeed {
        public Committed {
            changes = List.copyOf(changes);
        }
    }

    /** Every later change will have a version after this one. */
    record Closed(int shard, long version) implements ShardFeed {}
}
