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
     * @param previous the version of the batch before, so that a follower notices a gap
     * @param changes in the order of their versions
     * @param version of the last one
     */
    record Committed(int shard, long previous, List<Change> changes, long version) implements ShardFeed {
        public Committed {
            changes = List.copyOf(changes);
        }
    }

    /**
     * Every later change will have a version after this one.
     *
     * @param question the one that is answered
     * @param version not before the one that was asked for
     * @param last the version of the last committed batch, so that a follower notices what it missed
     * @param following whether the shard sends its batches to the one who asked; if not (the shard started anew), follow
     */
    record Closed(int shard, long question, long version, long last, boolean following) implements ShardFeed {}
}
