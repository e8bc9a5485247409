package dev.weft.registry.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The one thread that writes. While it waits for the disk, more batches queue up; they all go into the next write and
 * share its sync. The queue is bounded by its users: a shard has one write under way at a time.
 */
final class GroupCommit {
    private final RocksDB db;
    private final JournalSettings settings;
    private final DiskRoom room;
    private final LogMark log;
    private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
    private final AtomicLong syncs = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final Thread thread;
    private boolean closed;
    private long tables = -1;

    /**
     * @param room without which only what frees some, and small notes, are written
     * @param log told of every log before what is in it is acknowledged
     */
    GroupCommit(RocksDB db, JournalSettings settings, DiskRoom room, LogMark log) {
        this.db = db;
        this.settings = settings;
        this.room = room;
        this.log = log;
        thread = new Thread(this::run, "weft-journal-writer");
        thread.setDaemon(true);
    }

    private record Waiting(StoreBatch batch, boolean sync, boolean end, CompletableFuture<Void> done) {}

    void start() {
        thread.start();
    }

    /** Stores a batch; completes when it is written and, if asked for, synced. */
    CompletableFuture<Void> write(StoreBatch batch, boolean sync) {
        return enqueue(new Waiting(batch, sync, false, new CompletableFuture<>()));
    }

    /** How often the disk was synced. */
    long syncs() {
        return syncs.get();
    }

    /** How many batches were written. */
    long batches() {
        return batches.get();
    }

    /** Writes what is queued and stops; afterwards writes fail. Waits for the thread. */
    void close() {
        CompletableFuture<Void> unused = enqueue(new Waiting(new StoreBatch(), false, true, new CompletableFuture<>()));
        synchronized (this) {
            closed = true;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized CompletableFuture<Void> enqueue(Waiting waiting) {
        if (closed) {
            waiting.done()
                    .completeExceptionally(new StorageException(StorageException.Kind.CLOSED, "the store is closed"));
        } else {
            queue.add(waiting);
        }
        return waiting.done();
    }

    private void run() {
        List<Waiting> group = new ArrayList<>();
        boolean more = true;
        while (more) {
            try {
                more = collect(group);
                commit(group);
            } catch (InterruptedException e) {
                // Nobody interrupts this thread but a dying process.
                Thread.currentThread().interrupt();
                more = false;
            }
            group.clear();
        }
    }

    private boolean collect(List<Waiting> group) throws InterruptedException {
        long bytes = 0;
        @Nullable Waiting next = queue.take();
        while (next != null) {
            group.add(next);
            bytes += next.batch().bytes();
            if (next.end()) {
                return false;
            }
            next = bytes < settings.groupBytes() ? queue.poll() : null;
        }
        return true;
    }

    private void commit(List<Waiting> all) {
        List<Waiting> group = withRoom(all);
        boolean sync = group.stream().anyMatch(Waiting::sync);
        try (WriteBatch batch = new WriteBatch();
                WriteOptions options = new WriteOptions().setSync(sync)) {
            for (Waiting waiting : group) {
                waiting.batch().applyTo(batch);
            }
            if (batch.count() > 0) {
                db.write(options, batch);
                noteLog();
            }
            if (sync) {
                syncs.incrementAndGet();
            }
            batches.addAndGet(group.size());
            group.forEach(waiting -> waiting.done().complete(null));
        } catch (RocksDBException e) {
            StorageException failure = Failures.of("write", e);
            group.forEach(waiting -> waiting.done().completeExceptionally(failure));
        }
    }

    /** A log begins when a family's table in memory is full; that each such change is counted saves looking at the files. */
    private void noteLog() throws RocksDBException {
        long now = db.getAggregatedLongProperty("rocksdb.current-super-version-number");
        if (now != tables && log.note()) {
            tables = now;
        }
    }

    private List<Waiting> withRoom(List<Waiting> all) {
        Optional<StorageException> lack = room.lackForTakenIn();
        if (lack.isEmpty()) {
            return all;
        }
        List<Waiting> allowed = new ArrayList<>();
        for (Waiting waiting : all) {
            if (waiting.batch().grows()) {
                waiting.done().completeExceptionally(lack.get());
            } else {
                allowed.add(waiting);
            }
        }
        return allowed;
    }
}
