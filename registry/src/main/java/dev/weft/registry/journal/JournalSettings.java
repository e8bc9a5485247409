package dev.weft.registry.journal;

import com.typesafe.config.Config;

/**
 * Bounds of the embedded store, from {@code weft.registry.journal}.
 *
 * @param blockCacheBytes memory for what was read
 * @param writeBufferBytes memory for what was written and is not in a table file yet
 * @param walBytes how long the write-ahead log may get before its oldest part is moved to table files
 * @param openFiles how many table files are kept open
 * @param reserveBytes free space on the disk below which nothing more is written, so that there is room to clean up
 * @param groupBytes at most so much is written with one sync
 * @param readers threads that replay and load snapshots
 */
public record JournalSettings(
        long blockCacheBytes,
        long writeBufferBytes,
        long walBytes,
        int openFiles,
        long reserveBytes,
        long groupBytes,
        int readers) {

    /** Reads {@code weft.registry.journal}. */
    public static JournalSettings of(Config journal) {
        return new JournalSettings(
                journal.getBytes("block-cache"),
                journal.getBytes("write-buffer"),
                journal.getBytes("wal"),
                journal.getInt("open-files"),
                journal.getBytes("disk-reserve"),
                journal.getBytes("group"),
                journal.getInt("readers"));
    }
}
