package dev.weft.registry.journal;

import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every table file once after a start, before any are merged: RocksDB takes no write of anybody's any more once a merge
 * meets a damaged block, and would so stop all shards for the sake of one. Where a file is damaged nothing is merged, and
 * who does not need that block goes on. It costs one reading of the files, beside the shards' own.
 */
final class TableCheck {
    private static final Logger LOG = LoggerFactory.getLogger(TableCheck.class);
    /** Of how many damaged files the names are told at most: where a disk fails there may be thousands. */
    private static final int NAMED = 10;

    private final RocksDB db;
    private final List<ColumnFamilyHandle> families;
    private final Thread thread;
    private volatile boolean closing;

    /** For a store that was opened without merging of its own accord. */
    TableCheck(RocksDB db, List<ColumnFamilyHandle> families) {
        this.db = db;
        this.families = families;
        thread = new Thread(this::run, "weft-journal-check");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Waits for the file that is being read; the store must be open until then. */
    void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        // Those that are written from now on are whole, or the disk is at fault.
        List<String> damage = TableFiles.damage(TableFiles.of(db), () -> closing);
        if (closing) {
            return;
        }
        if (!damage.isEmpty()) {
            LOG.error(
                    "{} damaged: {}{}; what needs it is stopped, all else goes on, and takes more and"
                            + " more of the disk: restore a backup into another directory",
                    damage.size() == 1
                            ? "A table file of the data directory is"
                            : damage.size() + " table files of the data directory are",
                    String.join("; ", damage.subList(0, Math.min(damage.size(), NAMED))),
                    damage.size() > NAMED ? " and others" : "");
            return;
        }
        try {
            db.enableAutoCompaction(families);
        } catch (RocksDBException e) {
            LOG.error(
                    "Table files are not merged, and take more and more of the disk: {}; start again", e.getMessage());
        }
    }
}
