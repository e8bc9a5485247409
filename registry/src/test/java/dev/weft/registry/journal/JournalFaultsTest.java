package dev.weft.registry.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksIterator;

@DisplayName("The embedded store, after its files were damaged,")
class JournalFaultsTest {
    private static final JournalSettings SETTINGS =
            new JournalSettings(1 << 20, 4 << 20, 4 << 20, 64, 1_000, 1 << 20, 1);

    @TempDir
    private Path directory;

    private static void put(JournalDatabase database, int number) {
        database.write(
                        new StoreBatch()
                                .put(database.journal(), StoreKeys.event("p", number), new byte[] {(byte) number, 7, 7
                                }),
                        true)
                .join();
    }

    private static List<Long> numbers(Path data) {
        try (JournalDatabase database = JournalDatabase.open(data, "east", SETTINGS)) {
            return database.read(() -> {
                        List<Long> found = new ArrayList<>();
                        try (ReadOptions options = new ReadOptions().setVerifyChecksums(true);
                                RocksIterator at = database.db().newIterator(database.journal(), options)) {
                            for (at.seekToFirst(); at.isValid(); at.next()) {
                                found.add(StoreKeys.sequenceNr(at.key()));
                            }
                            at.status();
                        }
                        return found;
                    })
                    .join();
        }
    }

    /**
     * What a power loss would leave, while the store is open. A copy takes time, which a power loss does not: what says which
     * files there are is copied first, and none that it speaks of is removed meanwhile.
     */
    private static void image(JournalDatabase database, Path live, Path image) throws Exception {
        database.db().disableFileDeletions();
        try {
            copy(live, image);
        } finally {
            database.db().enableFileDeletions();
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        // Their names alone: a walk asks each file for its kind, and RocksDB replaces the file of its options in the
        // background, which nothing reads.
        List<Path> files;
        try (Stream<Path> all = Files.list(from)) {
            files = all.filter(file -> !file.endsWith("LOCK"))
                    .filter(file -> !file.getFileName().toString().startsWith("OPTIONS"))
                    .sorted(Comparator.comparing(file -> file.endsWith("CURRENT")
                                    || file.getFileName().toString().startsWith("MANIFEST")
                            ? 0
                            : 1))
                    .toList();
        }
        for (Path file : files) {
            Path target = to.resolve(file.getFileName());
            if (Files.isDirectory(file)) {
                copy(file, target);
            } else {
                Files.copy(file, target);
            }
        }
        return to;
    }

    private static Path newest(Path data, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("store"))) {
            return files.filter(file ->
                            file.toString().endsWith(suffix) && file.toFile().length() > 0)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private static void truncate(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 0x10;
        Files.write(file, bytes);
    }

    @Test
    @DisplayName("opens with all but the last record wherever that was torn")
    void tornTail() throws Exception {
        Path live = directory.resolve("live");
        long before;
        long after;
        Path image = directory.resolve("image");
        try (JournalDatabase database = JournalDatabase.open(live, "east", SETTINGS)) {
            put(database, 1);
            put(database, 2);
            before = newest(live, ".log").toFile().length();
            put(database, 3);
            after = newest(live, ".log").toFile().length();
            image(database, live, image);
        }
        assertThat(after - before).isBetween(20L, 200L);
        for (long size = before; size <= after; size++) {
            Path torn = copy(image, directory.resolve("torn-" + size));
            truncate(newest(torn, ".log"), size);
            assertThat(numbers(torn))
                    .as("%d of %d bytes of the last record", size - before, after - before)
                    .isEqualTo(size == after ? List.of(1L, 2L, 3L) : List.of(1L, 2L));
            // And it can be written to again, after which everything is whole.
            if (size % 16 == 0) {
                try (JournalDatabase database = JournalDatabase.open(torn, "east", SETTINGS)) {
                    put(database, 9);
                }
                assertThat(numbers(torn)).contains(1L, 2L, 9L);
            }
        }
    }

    @Test
    @DisplayName("does not open when a record before the last is damaged, and names the file and the byte")
    void flippedInLog() throws Exception {
        Path live = directory.resolve("live");
        Path image = directory.resolve("image");
        long before;
        long first;
        try (JournalDatabase database = JournalDatabase.open(live, "east", SETTINGS)) {
            put(database, 1);
            before = newest(live, ".log").toFile().length();
            put(database, 2);
            first = newest(live, ".log").toFile().length();
            for (int i = 3; i < 20; i++) {
                put(database, i);
            }
            image(database, live, image);
        }
        for (long at = first - 12; at < first; at += 5) {
            Path damaged = copy(image, directory.resolve("flipped-" + at));
            Path log = newest(damaged, ".log");
            flip(log, at);
            assertThatThrownBy(() -> numbers(damaged))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("damaged")
                    .hasMessageContaining(
                            "write-ahead log " + log.getFileName() + ", first damaged record at byte " + before + ")");
        }
    }

    @Test
    @DisplayName(
            "does not open without the newest log of a process that was killed, names it, and opens once it is back")
    void missingLog() throws Exception {
        Path live = directory.resolve("live");
        Path image = directory.resolve("image");
        try (JournalDatabase database = JournalDatabase.open(live, "east", SETTINGS)) {
            put(database, 1);
            image(database, live, image);
        }
        Path log = newest(image, ".log");
        Path away = Files.move(log, directory.resolve("away"));

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> numbers(image))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("damaged: write-ahead log " + log + " is missing");
        }
        Files.move(away, log);
        assertThat(numbers(image)).containsExactly(1L);
    }

    @Test
    @DisplayName("misses each of its logs, also those that began while it ran")
    void missesEveryLog() throws Exception {
        Path live = directory.resolve("live");
        Path image = directory.resolve("image");
        try (JournalDatabase database = JournalDatabase.open(live, "east", SETTINGS)) {
            for (int i = 1; i <= 24; i++) {
                // In another family than what fills up, so that the first log stays in use.
                put(database, i);
                database.write(new StoreBatch().put(database.records(), new byte[] {(byte) i}, new byte[100_000]), true)
                        .join();
            }
            image(database, live, image);
        }
        List<Path> logs = new DataDirectory(image).logs();
        assertThat(logs).hasSizeGreaterThan(1);
        for (Path log : logs) {
            Path lacking = copy(image, directory.resolve("without-" + log.getFileName()));
            Files.delete(lacking.resolve("store").resolve(log.getFileName()));
            assertThatThrownBy(() -> numbers(lacking))
                    .as("without %s of %s", log.getFileName(), logs)
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("damaged");
        }
        assertThat(numbers(image)).hasSize(24);
    }

    @Test
    @DisplayName("needs no log after a clean stop: everything is in table files")
    void cleanStopNeedsNoLog() throws IOException {
        Path live = directory.resolve("live");
        for (int i = 1; i <= 3; i++) {
            try (JournalDatabase database = JournalDatabase.open(live, "east", SETTINGS)) {
                put(database, i);
            }
            for (Path log : new DataDirectory(live).logs()) {
                Files.delete(log);
            }
        }
        assertThat(numbers(live)).containsExactly(1L, 2L, 3L);
    }

    @Test
    @DisplayName("does not begin anew in a directory whose store is gone")
    void missingStore() throws IOException {
        Path live = directory.resolve("live");
        JournalDatabase.open(live, "east", SETTINGS).close();
        Files.move(live.resolve("store"), directory.resolve("away"));

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> numbers(live))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("it had a store, and " + live.resolve("store/CURRENT") + " is missing");
        }
        Files.move(directory.resolve("away"), live.resolve("store"));
        assertThat(numbers(live)).isEmpty();
    }

    @Test
    @DisplayName("finds damage far into a log, and none in a whole one")
    void damageFarIn() throws Exception {
        Path live = directory.resolve("live");
        Path image = directory.resolve("image");
        long begin;
        try (JournalDatabase database = JournalDatabase.open(live, "east", SETTINGS)) {
            for (int i = 1; i < 3_000; i++) {
                put(database, i);
            }
            begin = newest(live, ".log").toFile().length();
            put(database, 3_000);
            put(database, 3_001);
            image(database, live, image);
        }
        Path log = newest(image, ".log");
        assertThat(LogDamage.find(List.of(log))).isEmpty();

        flip(log, begin + 20);

        assertThat(LogDamage.find(List.of(log)))
                .contains(new LogDamage(log.getFileName().toString(), begin));
    }

    @Test
    @DisplayName("reports a damaged table file by its name, and serves nothing from it")
    void flippedInTable() throws Exception {
        Path live = directory.resolve("live");
        Path table;
        try (JournalDatabase database = JournalDatabase.open(live, "east", SETTINGS);
                FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
            for (int i = 1; i < 200; i++) {
                put(database, i);
            }
            database.db().flush(flush, List.of(database.journal()));
            table = newest(live, ".sst");
        }
        flip(table, 40);
        assertThatThrownBy(() -> numbers(live))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(StorageException.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(StorageException.Kind.CORRUPT);
                    assertThat(failure.getMessage()).contains(table.getFileName() + " offset ");
                });
    }

    /** A table file that has something in common with each other one, so that they are merged and not just moved. */
    private static void table(JournalDatabase database, int number) throws Exception {
        put(database, 0);
        put(database, number);
        try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
            database.db().flush(flush, List.of(database.journal()));
        }
    }

    /** Table files one short of those that RocksDB would merge by itself. */
    private static Path unmerged(Path live) throws Exception {
        try (JournalDatabase database = JournalDatabase.open(live, "east", SETTINGS)) {
            for (int i = 1; i < JournalDatabase.MERGED_AT_ONCE; i++) {
                table(database, i);
            }
            return newest(live, ".sst");
        }
    }

    @Test
    @DisplayName("goes on with what is not in a damaged table file, which it leaves as it is")
    void writesBesideDamage() throws Exception {
        Path live = directory.resolve("live");
        flip(unmerged(live), 4);
        try (JournalDatabase database = JournalDatabase.open(live, "east", SETTINGS)) {
            for (int i = 10; i < 16; i++) {
                table(database, i);
            }
            Awaitility.await()
                    .during(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> put(database, 16));
        }
    }

    @Test
    @DisplayName("merges table files once they were found whole")
    void mergesWholeFiles() throws Exception {
        Path live = directory.resolve("live");
        unmerged(live);
        try (JournalDatabase database = JournalDatabase.open(live, "east", SETTINGS)) {
            for (int i = 10; i < 16; i++) {
                table(database, i);
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> database.db().getLiveFilesMetaData().size() < JournalDatabase.MERGED_AT_ONCE);
        }
        assertThat(numbers(live)).isEqualTo(LongStream.range(0, 16).boxed().toList());
    }
}
