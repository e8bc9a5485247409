package dev.weft.registry.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A note beside the store of the write-ahead log that was last written to, so that it is missed when it is gone: to RocksDB
 * a store without its newest log is a whole one that ends earlier. While the store is open there is always a log of that
 * number or a later one. Used by one thread at a time.
 */
final class LogMark {
    private static final Logger LOG = LoggerFactory.getLogger(LogMark.class);

    private final DataDirectory directory;
    private final Path file;
    private String noted = "";
    private boolean failing;

    LogMark(DataDirectory directory) {
        this.directory = directory;
        file = directory.path().resolve("log");
    }

    /**
     * Looks whether the log is there, or a later one. Changes nothing.
     *
     * @throws DataDirectoryException if none is: what was acknowledged would not be found
     * @throws IOException if the note cannot be read
     */
    void verify() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        String expected = Files.readString(file).strip();
        if (byNumber(newest(), expected) < 0) {
            throw new DataDirectoryException(directory.path() + ": the data directory is damaged: write-ahead log "
                    + directory.store().resolve(expected) + " is missing, and with it writes that were acknowledged;"
                    + " nothing was changed: put it back, or restore a backup into another directory");
        }
    }

    /**
     * Says, durably, which log is written to now; to be called before anything in it is acknowledged. If that cannot be
     * written, as on a full disk, what was said before stays, which is true as well, and misses less.
     *
     * @return whether it is said
     */
    boolean note() {
        String newest = newest();
        if (newest.isEmpty() || newest.equals(noted)) {
            return true;
        }
        Path fresh = file.resolveSibling("log.new");
        try {
            DataDirectory.sync(directory.store()); // the log's name, before it is relied on
            Files.writeString(fresh, newest + "\n", StandardCharsets.UTF_8);
            DataDirectory.sync(fresh);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            DataDirectory.sync(directory.path());
            noted = newest;
            return true;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn("Should write-ahead log {} get lost, a start may not notice: {}", newest, e.toString());
            }
            failing = true;
            return false;
        }
    }

    /** Says, durably, that no log is needed: all is in table files. */
    void clear() throws IOException {
        Files.deleteIfExists(file);
        DataDirectory.sync(directory.path());
        noted = "";
    }

    /** The name of the log with the highest number; empty if there is none. */
    private String newest() {
        return directory.logs().stream()
                .map(log -> log.getFileName().toString())
                .max(LogMark::byNumber)
                .orElse("");
    }

    private static int byNumber(String one, String other) {
        int lengths = Integer.compare(one.length(), other.length());
        return lengths != 0 ? lengths : one.compareTo(other);
    }
}
