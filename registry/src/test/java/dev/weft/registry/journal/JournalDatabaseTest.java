package dev.weft.registry.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The embedded store")
class JournalDatabaseTest {
    private static final JournalSettings SETTINGS =
            new JournalSettings(1 << 20, 4 << 20, 4 << 20, 64, 1_000, 1 << 20, 1);

    @TempDir
    private Path directory;

    @Test
    @DisplayName("may be closed twice: a native handle that is used after its end would end the process")
    void closedTwice() {
        JournalDatabase database = JournalDatabase.open(directory, "east", SETTINGS);
        database.close();
        database.close();
        JournalDatabase.open(directory, "east", SETTINGS).close();
    }

    @Test
    @DisplayName("keeps what was written over closing and opening")
    void survivesReopen() {
        try (JournalDatabase database = JournalDatabase.open(directory, "east", SETTINGS)) {
            new RocksRecordStore(database)
                    .write(Map.of("a", new byte[] {1}, "b", new byte[] {2}), List.of())
                    .toCompletableFuture()
                    .join();
        }
        try (JournalDatabase database = JournalDatabase.open(directory, "east", SETTINGS)) {
            Map<String, byte[]> records =
                    new RocksRecordStore(database).load().toCompletableFuture().join();
            assertThat(records).containsOnlyKeys("a", "b").containsEntry("b", new byte[] {2});
        }
    }

    @Test
    @DisplayName("shares one sync among the writes that wait for it")
    void groupsCommits() {
        try (JournalDatabase database = JournalDatabase.open(directory, "east", SETTINGS)) {
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                byte[] key = StoreKeys.event("p" + i % 16, i);
                writes.add(database.write(new StoreBatch().put(database.journal(), key, new byte[100]), true));
            }
            CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).join();
            assertThat(database.batches()).isEqualTo(1_000);
            assertThat(database.syncs()).isBetween(1L, 999L);
        }
    }

    @Test
    @DisplayName("refuses a second opener, and another cluster's directory, each with one sentence")
    void refusesOthers() {
        try (JournalDatabase database = JournalDatabase.open(directory, "east", SETTINGS)) {
            assertThat(database.syncs()).isZero();
            assertThatThrownBy(() -> JournalDatabase.open(directory, "east", SETTINGS))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessage(directory
                            + ": the data directory is in use by another process; choose another with --data DIR");
        }
        assertThatThrownBy(() -> JournalDatabase.open(directory, "west", SETTINGS))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("belongs to cluster \"east\", not to \"west\"");
    }

    @Test
    @DisplayName("refuses another number of shards than it was made for: most of its objects would not be found")
    void refusesOtherShards() {
        JournalDatabase.open(directory, "east", SETTINGS).forShards(16).close();
        JournalDatabase.open(directory, "east", SETTINGS).forShards(16).close();
        assertThatThrownBy(
                        () -> JournalDatabase.open(directory, "east", SETTINGS).forShards(5))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("was made for 16 shards (expected: 5, weft.registry.shards");
        JournalDatabase.open(directory, "east", SETTINGS).forShards(16).close();
    }

    @Test
    @DisplayName("fails writes while the disk is full, and takes them again when there is room")
    void fullDisk() {
        AtomicLong free = new AtomicLong(10_000);
        try (JournalDatabase database = JournalDatabase.open(directory, "east", SETTINGS, free::get)) {
            byte[] key = StoreKeys.event("p", 1);
            free.set(10);
            CompletableFuture<Void> refused =
                    database.write(new StoreBatch().put(database.journal(), key, new byte[1]), true);
            assertThatThrownBy(refused::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(StorageException.Kind.FULL));
            free.set(10_000);
            database.write(new StoreBatch().put(database.journal(), key, new byte[1]), true)
                    .join();
            assertThat(database.syncs()).isEqualTo(1);
        }
    }
}
