package dev.weft.registry.watch;

import dev.weft.registry.resource.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Puts the changes of all shards into one order: a change comes out when every shard has said that nothing before it is
 * still to come. Not for several threads.
 */
public final class ShardMerge {
    private final long[] closed;
    private final PriorityQueue<Change> waiting = new PriorityQueue<>(Comparator.comparingLong(Change::version));
    private long latest;

    public ShardMerge(int shards) {
        closed = new long[shards];
    }

    /** A shard committed changes; it is closed up to the last of them. */
    public void add(int shard, List<Change> changes, long version) {
        waiting.addAll(changes);
        latest = Math.max(latest, version);
        close(shard, version);
    }

    /** A shard will issue nothing up to a version any more. */
    public void close(int shard, long version) {
        closed[shard] = Math.max(closed[shard], version);
    }

    /**
     * A shard is told anew from a version on, which may be before one that it was closed up to: what is still to come of it
     * counts again.
     */
    public void reopen(int shard, long version) {
        closed[shard] = version;
        latest = Math.max(latest, version);
    }

    /** How far a shard is closed. */
    public long closed(int shard) {
        return closed[shard];
    }

    /** Nothing up to here is still to come from any shard. */
    public long frontier() {
        return Arrays.stream(closed).min().orElse(0);
    }

    /** To let everything out, every shard must be closed up to here. */
    public long wanted() {
        return waiting.isEmpty() ? 0 : latest;
    }

    /** The latest version heard of. */
    public long latest() {
        return latest;
    }

    /** What may come out, in order. */
    public List<Change> release() {
        long frontier = frontier();
        List<Change> out = new ArrayList<>();
        for (Change next = waiting.peek(); next != null && next.version() <= frontier; next = waiting.peek()) {
            out.add(next);
            waiting.remove();
        }
        return out;
    }

    /** Drops what waits: the picture is taken anew. */
    public void reset() {
        waiting.clear();
    }
}
