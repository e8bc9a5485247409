package dev.weft.registry.shard;

import dev.weft.registry.journal.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The events and snapshots of all shards, with the guarantees of a real store and no more: what was answered is there for
 * good, what was not may be, and a number is given to one event.
 */
final class SimulatedStore {
    private final SimulatedCluster cluster;
    private final VirtualTime time;
    private final Random random;
    private final List<Shelf> shelves = new ArrayList<>();
    private final Map<SimulatedNode, Runnable> whileWriting = new HashMap<>();
    private long fullUntil;
    private long brokenUntil;

    /** What is stored of one shard. */
    private static final class Shelf {
        /** Every event that ever was, for the judge; a shard that loads is given those after a snapshot. */
        private final List<Stored> all = new ArrayList<>();

        private final ArrayDeque<Snapshot> snapshots = new ArrayDeque<>();
    }

    /** An event and who wrote it. */
    record Stored(ShardEvent event, String writer) {}

    /** The state after so many events. */
    record Snapshot(long number, ShardState state) {}

    /** What a shard that loads is given. */
    record Loaded(Snapshot snapshot, List<ShardEvent> events) {}

    SimulatedStore(SimulatedCluster cluster, int shards, Random random) {
        this.cluster = cluster;
        this.time = cluster.time();
        this.random = random;
        for (int i = 0; i < shards; i++) {
            shelves.add(new Shelf());
        }
    }

    /** For a while every write is refused for want of room. */
    void fill(long micros) {
        fullUntil = time.micros() + micros;
    }

    /** Calls at some moment while something is stored that a process is going to write next. */
    void onNextWrite(SimulatedNode node, Runnable action) {
        whileWriting.put(node, action);
    }

    /** For a while connections break, before or after what was sent over them was carried out. */
    void breakConnections(long micros) {
        brokenUntil = time.micros() + micros;
    }

    List<Stored> all(int shard) {
        return shelves.get(shard).all;
    }

    void load(SimulatedNode node, int shard, Consumer<Loaded> then, Consumer<RuntimeException> failed) {
        time.in(delay(node), () -> {
            if (time.micros() < brokenUntil) {
                answer(node, () -> failed.accept(new IllegalStateException("the connection broke")));
                return;
            }
            Shelf shelf = shelves.get(shard);
            Snapshot from = new Snapshot(0, ShardState.EMPTY);
            if (!shelf.snapshots.isEmpty()
                    && !cluster.has(Defect.FORGETS_CLOCK)
                    && !cluster.has(Defect.ANSWERS_BEFORE_SYNC)) {
                // The last but one is there still while the last is being written.
                from = random.nextInt(4) == 0 ? shelf.snapshots.getFirst() : shelf.snapshots.getLast();
            }
            List<ShardEvent> events = new ArrayList<>();
            for (Stored stored : shelf.all.subList((int) from.number(), shelf.all.size())) {
                ShardEvent event = stored.event();
                events.add(cluster.has(Defect.FORGETS_CLOCK) ? new ShardEvent(event.entries(), 0) : event);
            }
            Loaded loaded = new Loaded(from, events);
            answer(node, () -> then.accept(loaded));
        });
    }

    void save(int shard, long number, ShardState state) {
        Shelf shelf = shelves.get(shard);
        shelf.snapshots.addLast(new Snapshot(number, state));
        if (shelf.snapshots.size() > 2) {
            shelf.snapshots.removeFirst();
        }
    }

    /**
     * Stores an event.
     *
     * @param done is given null once it is stored, or why it was not or may not be
     */
    void write(
            SimulatedNode node,
            int shard,
            long number,
            ShardEvent event,
            String writer,
            Consumer<@Nullable RuntimeException> done) {
        long broken = brokenUntil;
        Runnable meanwhile = whileWriting.remove(node);
        if (meanwhile != null) {
            time.in(random.nextInt(4_000), meanwhile);
        }
        if (cluster.has(Defect.ANSWERS_BEFORE_SYNC)) {
            answer(node, () -> done.accept(null));
        }
        time.in(delay(node), () -> {
            if (node.isDead() && (cluster.has(Defect.ANSWERS_BEFORE_SYNC) || random.nextBoolean())) {
                return;
            }
            boolean breaks = time.micros() < Math.max(broken, brokenUntil);
            if (breaks && random.nextBoolean()) {
                answer(node, () -> done.accept(new IllegalStateException("the connection broke")));
                if (cluster.isShared() && random.nextBoolean()) {
                    // What reached a database may be carried out long after nobody waits for it any more.
                    time.in(random.nextInt(3_000_000), () -> add(shard, number, new Stored(event, writer)));
                }
                return;
            }
            RuntimeException refused = add(shard, number, new Stored(event, writer));
            if (!cluster.has(Defect.ANSWERS_BEFORE_SYNC)) {
                answer(node, () -> done.accept(breaks ? new IllegalStateException("the connection broke") : refused));
            }
        });
    }

    private @Nullable RuntimeException add(int shard, long number, Stored stored) {
        if (time.micros() < fullUntil) {
            return new StorageException(StorageException.Kind.FULL, "the disk is full");
        }
        List<Stored> all = shelves.get(shard).all;
        if (all.size() != number - 1 && !cluster.has(Defect.NO_FENCE)) {
            return new StorageException(StorageException.Kind.CONFLICT, "another process has stored number " + number);
        }
        all.add(stored);
        return null;
    }

    /** The number of the last event of a shard; -1 if the store does not say. */
    void lastNumber(SimulatedNode node, int shard, LongConsumer then) {
        time.in(delay(node), () -> {
            long last =
                    time.micros() < brokenUntil ? -1 : shelves.get(shard).all.size();
            answer(node, () -> then.accept(last));
        });
    }

    private void answer(SimulatedNode node, Runnable answer) {
        time.in(delay(node), () -> node.run(answer));
    }

    /** For how long something is on its way to or from the store; what meets a gap in the network waits there. */
    private long delay(SimulatedNode node) {
        return Math.max(0, node.host().storelessUntil() - time.micros()) + usual();
    }

    private long usual() {
        return random.nextInt(40) == 0 ? random.nextInt(60_000) : 200L + random.nextInt(2_000);
    }
}
