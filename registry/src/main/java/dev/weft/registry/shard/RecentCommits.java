package dev.weft.registry.shard;

import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.watch.ResourceTree;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The last batches of a shard, and the state before them: what a follower needs to go on where it left off. Not for
 * several threads.
 */
public final class RecentCommits {
    private static final int PART_BYTES = 256 * 1024;
    private static final int PART_OBJECTS = 1_000;
    /**
     * So many forgotten changes are put into the base at once, or this part of what it holds if that is more: cheaper than
     * one by one, and than a state for each batch, and the more so the fewer steps of the tree lie between them.
     */
    private static final int FOLD = 256;

    private static final int FOLD_PART = 16;

    private final int shard;
    private final int limit;
    private final long limitBytes;
    private final ArrayDeque<Commit> commits = new ArrayDeque<>();
    private final List<Change> forgotten = new ArrayList<>();
    private ResourceTree base = ResourceTree.EMPTY;
    /** The state before the first commit is {@link #base} and what was {@link #forgotten} since. */
    private long baseVersion;

    private long last;
    private int changes;
    private long bytesBefore;

    /**
     * @param limit how many changes are kept at most
     * @param limitBytes how much earlier states of objects may take at most; the last batch is kept even if it has more
     */
    public RecentCommits(int shard, int limit, long limitBytes) {
        this.shard = shard;
        this.limit = limit;
        this.limitBytes = limitBytes;
    }

    /**
     * What followers were told.
     *
     * @param step the version after the whole batch, of which this may be a part
     */
    private record Commit(ShardFeed.Committed told, long step) {}

    /** Begins with a state and no batches. */
    public void reset(ShardState state) {
        commits.clear();
        forgotten.clear();
        changes = 0;
        bytesBefore = 0;
        base = state.objects();
        baseVersion = state.version();
        last = state.version();
    }

    /** The version of the last batch. */
    public long last() {
        return last;
    }

    /** Keeps a batch and says what followers are to be told of it. */
    public List<ShardFeed> add(List<Change> batch, ShardState after) {
        List<ShardFeed> told = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (int to = 1; to <= batch.size(); to++) {
            bytes += bytes(batch.get(to - 1));
            if (to == batch.size() || bytes >= PART_BYTES) {
                List<Change> part = batch.subList(from, to);
                ShardFeed.Committed committed = new ShardFeed.Committed(
                        shard, last, part, part.get(part.size() - 1).version());
                commits.add(new Commit(committed, after.version()));
                last = committed.version();
                told.add(committed);
                from = to;
                bytes = 0;
            }
        }
        changes += batch.size();
        bytesBefore += bytesBefore(batch);
        forget();
        return told;
    }

    /** What brings a follower who knows everything up to a version up to date. */
    public List<ShardFeed> since(long version) {
        List<ShardFeed> feed = new ArrayList<>();
        boolean found = version != 0
                && (version == last
                        || commits.stream().anyMatch(commit -> commit.told().previous() == version));
        if (!found) {
            feed.addAll(snapshot());
        }
        feed.addAll(joined(commits.stream()
                .map(Commit::told)
                .filter(batch -> !found || batch.previous() >= version)
                .toList()));
        return feed;
    }

    /** The same changes in few messages: many small ones at once would overflow the queue to another process. */
    private List<ShardFeed> joined(List<ShardFeed.Committed> batches) {
        List<ShardFeed> joined = new ArrayList<>();
        List<Change> changes = new ArrayList<>();
        long previous = 0;
        long version = 0;
        long bytes = 0;
        for (ShardFeed.Committed batch : batches) {
            long more = batch.changes().stream().mapToLong(RecentCommits::bytes).sum();
            if (!changes.isEmpty() && (bytes + more > PART_BYTES || changes.size() >= PART_OBJECTS)) {
                joined.add(new ShardFeed.Committed(shard, previous, changes, version));
                changes = new ArrayList<>();
                bytes = 0;
            }
            if (changes.isEmpty()) {
                previous = batch.previous();
            }
            changes.addAll(batch.changes());
            version = batch.version();
            bytes += more;
        }
        if (!changes.isEmpty()) {
            joined.add(new ShardFeed.Committed(shard, previous, changes, version));
        }
        return joined;
    }

    private List<ShardFeed> snapshot() {
        List<ShardFeed> parts = new ArrayList<>();
        List<Resource> part = new ArrayList<>();
        long bytes = 0;
        boolean first = true;
        fold();
        for (Resource object : base.all()) {
            if (bytes >= PART_BYTES || part.size() >= PART_OBJECTS) {
                parts.add(new ShardFeed.Snapshot(shard, part, first, false, baseVersion));
                part = new ArrayList<>();
                bytes = 0;
                first = false;
            }
            part.add(object);
            bytes += object.json().size();
        }
        parts.add(new ShardFeed.Snapshot(shard, part, first, true, baseVersion));
        return parts;
    }

    private void forget() {
        while (!commits.isEmpty() && (changes > limit || (bytesBefore > limitBytes && !oneStep()))) {
            // A batch that was told in parts goes as a whole: followers begin between steps of the shard.
            baseVersion = commits.element().step();
            while (!commits.isEmpty() && commits.element().step() == baseVersion) {
                List<Change> oldest = commits.remove().told().changes();
                changes -= oldest.size();
                bytesBefore -= bytesBefore(oldest);
                forgotten.addAll(oldest);
            }
        }
        if (forgotten.size() >= Math.max(FOLD, base.size() / FOLD_PART)) {
            fold();
        }
    }

    private boolean oneStep() {
        return commits.getFirst().step() == commits.getLast().step();
    }

    private static long bytesBefore(List<Change> changes) {
        return changes.stream().mapToLong(Change::bytesBefore).sum();
    }

    private void fold() {
        base = base.after(forgotten);
        forgotten.clear();
    }

    private static long bytes(Change change) {
        Resource after = change.after();
        return change.bytesBefore() + (after == null ? 0 : after.json().size());
    }
}
