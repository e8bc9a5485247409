package dev.weft.registry.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

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
            if (Files.exists(directory.mark())) {
                String owner = Files.readString(directory.mark()).strip();
                if (!owner.equals(cluster)) {
                    throw new DataDirectoryException(path + ": the data directory belongs to cluster \"" + owner
                            + "\", not to \"" + cluster + "\"; choose another with --data DIR, or the same --cluster");
                }
            }
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
        try (Stream<Path> files = Files.list(store())) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Says, durably, whose directory it is. */
    void claim(String cluster) {
        if (Files.exists(mark())) {
            return;
        }
        try (FileChannel file = FileChannel.open(mark(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            sync(path); // the store's name: who finds the mark misses the store
            file.write(ByteBuffer.wrap((cluster + "\n").getBytes(StandardCharsets.UTF_8)));
            file.force(true);
            sync(path);
        } catch (IOException e) {
            throw new DataDirectoryException(path + ": the data directory cannot be written: " + e, e);
        }
    }

    /**
     * Says, durably, for how many shards there are objects in it, unless that was said before.
     *
     * @throws DataDirectoryException if it was said of another number: what lies in other shards would not be found
     */
    void claimShards(int shards) {
        Path mark = path.resolve("shards");
        try {
            if (Files.exists(mark)) {
                String made = Files.readString(mark).strip();
                if (!made.equals(Integer.toString(shards))) {
                    throw new DataDirectoryException(path + ": the data directory was made for " + made
                            + " shards (expected: " + shards
                            + ", weft.registry.shards, which is fixed for the life of a"
                            + " cluster); set it to " + made + ", or choose another with --data DIR");
                }
                return;
            }
            Files.writeString(mark, shards + "\n", StandardCharsets.UTF_8);
            sync(mark);
            sync(path);
        } catch (IOException e) {
            throw new DataDirectoryException(path + ": the data directory cannot be written: " + e, e);
        }
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
        return path.resolve("cluster");
    }
}
