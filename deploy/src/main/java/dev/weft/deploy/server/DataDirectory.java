package dev.weft.deploy.server;

import dev.weft.deploy.terminal.CommandFailed;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A server's data directory, held by one process at a time and by one cluster for ever.
 *
 * <p>It holds {@code lock} (held while a process uses it), {@code cluster} (whose it is) and {@code journal}.
 */
public final class DataDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Takes the directory for a cluster, making it if it is not there.
     *
     * @throws CommandFailed if it cannot be written, is in use, or belongs to another cluster
     */
    public static DataDirectory open(Path path, String cluster) {
        FileChannel channel = null;
        try {
            Files.createDirectories(path);
            channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            requireUnused(path, channel);
            requireOwner(path, cluster);
            return new DataDirectory(path, channel);
        } catch (IOException e) {
            closeQuietly(channel);
            throw CommandFailed.failed(
                    "cannot write to the data directory " + path + " ("
                            + e.getClass().getSimpleName() + ": " + e.getMessage()
                            + "); choose another with --data DIR, or change its permissions",
                    e);
        } catch (CommandFailed e) {
            closeQuietly(channel);
            throw e;
        }
    }

    /** Where the journal lies. */
    public Path journal() {
        return path.resolve("journal");
    }

    @Override
    public void close() {
        closeQuietly(lock);
    }

    private static void requireUnused(Path path, FileChannel channel) throws IOException {
        FileLock held;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null;
        }
        if (held == null) {
            throw CommandFailed.failed("the data directory " + path
                    + " is in use by another process; stop that one, or choose another with --data DIR");
        }
    }

    private static void requireOwner(Path path, String cluster) throws IOException {
        Path marker = path.resolve("cluster");
        if (Files.exists(marker)) {
            String owner = Files.readString(marker).strip();
            if (!owner.equals(cluster)) {
                throw CommandFailed.failed("the data directory " + path + " belongs to the cluster " + owner
                        + ", not to " + cluster + "; choose another with --data DIR, or say --cluster " + owner);
            }
            return;
        }
        Path draft = path.resolve("cluster.new");
        try (FileChannel out = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            out.write(StandardCharsets.UTF_8.encode(cluster + "\n"));
            out.force(true);
        }
        Files.move(draft, marker, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // the lock goes with the process anyway
        }
    }
}
