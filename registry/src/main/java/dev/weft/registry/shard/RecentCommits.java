package dev.weft.registry.shard;

import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
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

    private final int shard;
    private final int limit;
    private final ArrayDeque<Commit> commits = new ArrayDeque<>();
    private ShardState base = ShardState.EMPTY;
    private long last;
    private int changes;

    /** @param limit how many changes are kept at most */
    public RecentCommits(int shard, int limit) {
        this.shard = shard;
        this.limit = limit;
    }

    private record Commit(ShardFeed.Committed batch, ShardState after) {}

    /** Begins with a state and no batches. */
    public void reset(ShardState state) {
        commits.clear();
        changes = 0;
        base = state;
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
                commits.add(new Commit(committed, after));
                last = committed.version();
                told.add(committed);
                from = to;
                bytes = 0;
            }
        }
        changes += batch.size();
        forget();
        return told;
    }

    /** What brings a follower who knows everything up to a version up to date. */
    public List<ShardFeed> since(long version) {
        List<ShardFeed> feed = new ArrayList<>();
        boolean found = version != 0
                && (version == last
                        || commits.stream().anyMatch(commit -> commit.batch().previous() == version));
        if (!found) {
            feed.addAll(snapshot());
        }
        feed.addAll(joined(commits.stream()
                .map(Commit::batch)
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
        for (Resource object : base.objects().all()) {
            if (bytes >= PART_BYTES || part.size() >= PART_OBJECTS) {
                parts.add(new ShardFeed.Snapshot(shard, part, first, false, base.version()));
                part = new ArrayList<>();
                bytes = 0;
                first = false;
            }
            part.add(object);
            bytes += object.json().size();
        }
        parts.add(new ShardFeed.Snapshot(shard, part, first, true, base.version()));
        return parts;
    }

    private void forget() {
        while (changes > limit && !commits.isEmpty()) {
            // A batch that was told in parts goes as a whole: the state is known only after its last part.
            ShardState after = commits.element().after();
            while (!commits.isEmpty() && commits.element().after().version() == after.version()) {
                changes -= commits.remove().batch().changes().size();
            }
            base = after;
        }
    }

    private static long bytes(Change change) {
        Resource before = change.before();
        Resource after = change.after();
        long bytes = before == null ? 0 : before.json().size();
        return bytes + (after == null ? 0 : after.json().size());
    }
}
