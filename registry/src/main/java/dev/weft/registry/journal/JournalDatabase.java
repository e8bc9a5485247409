package dev.weft.registry.journal;

import akka.actor.ClassicActorSystemProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded store of one process: opened once, shared by the journal, the snapshots and gossip's records.
 *
 * <p>All methods but {@link #open} and {@link #close} may be called from any thread and do not block.
 */
public final class JournalDatabase implements Storage {
    private static final Logger LOG = LoggerFactory.getLogger(JournalDatabase.class);

    /**
     * How many new table files there are when they are merged with the older ones. Each has records of all shards, so that
     * most of what there is is written again each time: with RocksDB's own 4 that took a tenth of all processor time.
     */
    static final int MERGED_AT_ONCE = 10;

    private final DataDirectory directory;
    private final DBOptions options;
    private final ColumnFamilyOptions familyOptions;
    private final Cache cache;
    private final List<ColumnFamilyHandle> families;
    private final RocksDB db;
    private final LogMark log;
    private final DiskRoom room;
    private final GroupCommit writer;
    private final TableCheck check;
    private final AtomicLong reads = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ExecutorService readers;

    private JournalDatabase(DataDirectory directory, JournalSettings settings, LongSupplier freeBytes)
            throws RocksDBException, IOException {
        this.directory = directory;
        log = new LogMark(directory);
        log.verify();
        Path store = directory.store();
        directory.loadNativeLibrary();
        cache = new LRUCache(settings.blockCacheBytes());
        familyOptions = new ColumnFamilyOptions()
                // Until the files are known to be whole.
                .setDisableAutoCompactions(true)
                .setWriteBufferSize(settings.writeBufferBytes() / 2)
                // Not Snappy, the default: as it comes with RocksDB for Java it takes a multiple of the time.
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setLevel0FileNumCompactionTrigger(MERGED_AT_ONCE)
                .setTableFormatConfig(
                        new BlockBasedTableConfig().setBlockCache(cache).setCacheIndexAndFilterBlocks(true));
        options = verifyingLogs()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setParanoidChecks(true)
                // A record that was torn by a power loss ends the log; damage before its end is an error.
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                .setDbWriteBufferSize(settings.writeBufferBytes())
                .setMaxTotalWalSize(settings.walBytes())
                .setMaxOpenFiles(settings.openFiles())
                .setMaxBackgroundJobs(2)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(3)
                .setMaxLogFileSize(1 << 20);
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, familyOptions));
        for (String name : List.of("journal", "snapshots", "records")) {
            descriptors.add(new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8), familyOptions));
        }
        families = new ArrayList<>();
        db = RocksDB.open(options, store.toString(), descriptors, families);
        log.note();
        room = new DiskRoom(freeBytes, settings.reserveBytes());
        writer = new GroupCommit(db, settings, room, log);
        check = new TableCheck(db, families);
        readers = Executors.newFixedThreadPool(settings.readers(), task -> {
            Thread thread = new Thread(task, "weft-journal-reader");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** With the option that Java's class has no setter for: a log that was synced and is closed is missed if it is gone. */
    private static DBOptions verifyingLogs() {
        Properties verifying = new Properties();
        verifying.setProperty("track_and_verify_wals_in_manifest", "true");
        return Objects.requireNonNull(DBOptions.getDBOptionsFromProps(verifying));
    }

    /**
     * Opens, or makes, the store of a cluster. Blocks.
     *
     * @throws DataDirectoryException if the directory is not writable, in use, damaged, half restored, or another cluster's
     */
    public static JournalDatabase open(Path path, String cluster, JournalSettings settings) {
        return open(path, cluster, settings, new DataDirectory(path)::freeBytes);
    }

    /**
     * Opens, or makes, a store whose disk is looked at by other means than the file system's. Blocks.
     *
     * @param freeBytes how much room the disk has; asked for every write, by several threads, and must not wait for the disk
     * @throws DataDirectoryException as in {@link #open(Path, String, JournalSettings)}
     */
    public static JournalDatabase open(Path path, String cluster, JournalSettings settings, LongSupplier freeBytes) {
        DataDirectory directory = DataDirectory.prepare(path, cluster);
        try {
            Files.createDirectories(directory.store());
            JournalDatabase database = new JournalDatabase(directory, settings, freeBytes);
            database.writer.start();
            database.check.start();
            return database.madeFor(MadeFor.Fact.CLUSTER, cluster);
        } catch (IOException | RocksDBException e) {
            throw unusable(directory, e);
        }
    }

    /**
     * The same, for a registry of so many shards.
     *
     * @throws DataDirectoryException if it was made for another number; it is closed then
     */
    public JournalDatabase forShards(int shards) {
        return madeFor(MadeFor.Fact.SHARDS, Integer.toString(shards));
    }

    private JournalDatabase madeFor(MadeFor.Fact fact, String wanted) {
        try {
            new MadeFor(directory, fact)
                    .claim(
                            db,
                            notes(),
                            fact == MadeFor.Fact.SHARDS
                                    ? List.of(journal(), snapshots())
                                    : List.of(journal(), snapshots(), records()),
                            wanted);
            return this;
        } catch (DataDirectoryException e) {
            close();
            throw e;
        } catch (IOException | RocksDBException e) {
            close();
            throw unusable(directory, e);
        }
    }

    private static DataDirectoryException unusable(DataDirectory directory, Exception e) {
        String what = e instanceof RocksDBException rocks
                ? reason(directory, rocks, TableFiles.named(rocks, directory.tables()))
                : "the data directory cannot be used: " + e + "; choose another with --data DIR";
        return new DataDirectoryException(directory.path() + ": " + what, e);
    }

    private static String reason(DataDirectory directory, RocksDBException e, String text) {
        if (text.contains("lock")) {
            return "the data directory is in use by another process; choose another with --data DIR";
        }
        boolean corrupt = e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption;
        return corrupt
                ? "the data directory is damaged: " + text + damage(directory)
                        + "; nothing was changed: restore a backup into another directory"
                : "the data directory cannot be opened: " + text;
    }

    private static String damage(DataDirectory directory) {
        return LogDamage.find(directory.logs())
                .map(found ->
                        " (write-ahead log " + found.file() + ", first damaged record at byte " + found.offset() + ")")
                .orElse("");
    }

    @Override
    public void attach(ClassicActorSystemProvider system) {
        EmbeddedStorage.of(system).attach(this);
    }

    @Override
    public void beginRestoring() {
        directory.beginRestoring();
    }

    @Override
    public void endRestoring() {
        directory.endRestoring();
    }

    /**
     * Writes what is queued, all of it to table files, then closes. Blocks. Once: a process that is told to end while it
     * starts is closed by whoever comes first.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        writer.close();
        check.close();
        readers.shutdown();
        try {
            // Native handles must not be closed under a reader.
            while (!readers.awaitTermination(1, java.util.concurrent.TimeUnit.SECONDS)) {}
            flush();
            db.closeE();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RocksDBException e) {
            throw Failures.of("close", e);
        }
        options.close();
        familyOptions.close();
        cache.close();
    }

    /** A store that was stopped cleanly needs no log, and opens sooner. One that cannot be flushed now needs its log. */
    private void flush() {
        // Files that are not merged, since one is damaged, must not hold the end back.
        try (FlushOptions now = new FlushOptions().setWaitForFlush(true).setAllowWriteStall(true)) {
            db.flush(now, families);
            log.clear();
        } catch (RocksDBException | IOException e) {
            LOG.warn(
                    "What was written last is in the write-ahead log only, which the next start needs: {}",
                    e.toString());
        }
    }

    /** What was last noted under a name; empty if nothing was. Blocks. */
    public Optional<String> noted(String name) {
        try {
            byte[] value = db.get(notes(), noteKey(name));
            return value == null ? Optional.empty() : Optional.of(new String(value, StandardCharsets.UTF_8));
        } catch (RocksDBException e) {
            throw Failures.of("read", e, TableFiles.named(e, TableFiles.of(db)));
        }
    }

    /** Notes something small about the process; not synced. */
    public CompletableFuture<Void> note(String name, String value) {
        return write(new StoreBatch().note(notes(), noteKey(name), value.getBytes(StandardCharsets.UTF_8)), false);
    }

    private static byte[] noteKey(String name) {
        return ("note/" + name).getBytes(StandardCharsets.UTF_8);
    }

    /** How often the disk was synced since opening. */
    public long syncs() {
        return writer.syncs();
    }

    /** How many batches were written since opening; with concurrent writers more than {@link #syncs()}. */
    public long batches() {
        return writer.batches();
    }

    /** How many reads were begun since opening. */
    public long reads() {
        return reads.get();
    }

    /** Why nothing more is to be stored; empty if there is room on the disk. */
    Optional<StorageException> full() {
        return room.lack();
    }

    CompletableFuture<Void> write(StoreBatch batch, boolean sync) {
        return writer.write(batch, sync);
    }

    /** Runs a read on a thread that may block. */
    <T> CompletableFuture<T> read(Callable<T> read) {
        CompletableFuture<T> done = new CompletableFuture<>();
        reads.incrementAndGet();
        try {
            readers.execute(() -> {
                try {
                    done.complete(read.call());
                } catch (RocksDBException e) {
                    done.completeExceptionally(Failures.of("read", e, TableFiles.named(e, TableFiles.of(db))));
                } catch (Exception e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new StorageException(StorageException.Kind.CLOSED, "the store is closed", e));
        }
        return done;
    }

    RocksDB db() {
        return db;
    }

    ColumnFamilyHandle notes() {
        return families.get(0);
    }

    ColumnFamilyHandle journal() {
        return families.get(1);
    }

    ColumnFamilyHandle snapshots() {
        return families.get(2);
    }

    ColumnFamilyHandle records() {
        return families.get(3);
    }
}
