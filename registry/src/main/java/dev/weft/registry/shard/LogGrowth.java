package dev.weft.registry.shard;

import dev.weft.registry.resource.Resource;
import org.jspecify.annotations.Nullable;

/**
 * How much a shard's log has grown since its last snapshot, in bytes of JSON: a few objects that change over and over would
 * otherwise fill the disk long before there have been enough batches. For one thread at a time.
 */
final class LogGrowth {
    private final long least;
    private final int times;
    private long grown;
    /** What the state took when it was last summed up. */
    private long live;

    /**
     * @param least no snapshot before the log has grown by so many bytes
     * @param times nor before it has grown by so many times what the state takes
     */
    LogGrowth(long least, int times) {
        this.least = least;
        this.times = times;
    }

    /** An event that is in the log. */
    void add(ShardEvent event) {
        for (ShardEvent.Entry entry : event.entries()) {
            grown += bytes(entry.after());
        }
    }

    /** Whether a snapshot is worth its while; if so it counts as made. Costs the number of objects now and then. */
    boolean takeDue(ShardState state) {
        if (grown < Math.max(least, times * live)) {
            return false;
        }
        live = 0;
        state.objects().all().forEach(object -> live += bytes(object));
        if (grown < times * live) {
            return false;
        }
        grown = 0;
        return true;
    }

    private static long bytes(@Nullable Resource object) {
        return object == null ? 0 : object.json().size();
    }
}
