package dev.weft.registry.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;

/** The folder that holds all of a process's state, and the marks in it: which cluster's it is, and whether it is whole. */
record DataDirectory(Path path) {

    /**
     * Makes the folder if need be.
     *
     * @throws DataDirectoryException if it cannot be used, or belongs to another cluster
     */
    static DataDirectory prepare(Path path, String cluster) {
        DataDirectory directory = new DataDirectory(path);
        try {
            Files.createDirectories(path);
            if (!Files.isWritable(path)) {
                throw new DataDirectoryException(
                        path + ": the data directory is not writable; choose another with --data DIR");
            }
            new MadeFor(directory, MadeFor.Fact.CLUSTER).verifyFile(cluster);
            if (Files.exists(directory.restoring())) {
                throw new DataDirectoryException(
                        path + ": weft restore is at work on the data directory or was cut off,"
                                + " so it holds only a part of a backup; if no restore is running, delete everything in it and"
                                + " restore again");
            }
            directory.refuseWithoutStore();
            return directory;
        } catch (IOException e) {
            throw new DataDirectoryException(
                    path + ": the data directory cannot be used: " + e + "; choose another with --data DIR", e);
        }
    }

    /** RocksDB would make an empty store in the place of one that is gone. */
    private void refuseWithoutStore() {
        if (Files.exists(mark()) && !Files.exists(store().resolve("CURRENT"))) {
            throw new DataDirectoryException(
                    path
                            + ": the data directory is damaged: it had a store, and " + store().resolve("CURRENT")
                            + " is missing; nothing was changed: put the store back, or restore a backup into another directory");
        }
    }

    /** Where RocksDB keeps its files. */
    Path store() {
        return path.resolve("store");
    }

    /** The write-ahead logs, oldest first; none if they cannot be listed. */
    List<Path> logs() {
        return files(".log");
    }

    /** The table files, also those that are not needed any more; none if they cannot be listed. */
    List<Path> tables() {
        return files(".sst");
    }

    private List<Path> files(String suffix) {
        try (Stream<Path> files = Files.list(store())) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Writes a word into a file of the directory, durably, and either the whole of it or nothing. */
    void say(Path file, String word) {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            sync(path); // the store's name: who finds the mark misses the store
            Files.writeString(fresh, word + "\n", StandardCharsets.UTF_8);
            sync(fresh);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            sync(path);
        } catch (IOException e) {
            throw new DataDirectoryException(path + ": the data directory cannot be written: " + e, e);
        }
    }

    /**
     * Loads RocksDB's own code from a copy in the directory, which is this process's own: the default leaves a copy in the
     * temporary folder each time.
     */
    void loadNativeLibrary() throws IOException {
        Path folder = Files.createDirectories(path.resolve("native"));
        NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
    }

    /** Says, durably, that a backup is being put in. */
    void beginRestoring() {
        try {
            Files.writeString(
                    restoring(), "weft restore writes here; removed when it is done\n", StandardCharsets.UTF_8);
            sync(restoring());
            sync(path);
        } catch (IOException e) {
            throw new DataDirectoryException(path + ": the data directory cannot be written: " + e, e);
        }
    }

    /** Says, durably, that all of it is in. */
    void endRestoring() {
        try {
            Files.deleteIfExists(restoring());
            sync(path);
        } catch (IOException e) {
            throw new DataDirectoryException(path + ": the data directory cannot be written: " + e, e);
        }
    }

    static void sync(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            file.force(true);
        }
    }

    /** Room on its disk, in bytes. */
    long freeBytes() {
        return path.toFile().getUsableSpace();
    }

    private Path restoring() {
        return path.resolve("restoring");
    }

    private Path mark() {
        return new MadeFor(this, MadeFor.Fact.CLUSTER).file();
    }
}
