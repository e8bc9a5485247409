package dev.weft.registry.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.FlushOptions;

@DisplayName("Damage to a table file")
class TableFilesTest {
    private static final JournalSettings SETTINGS =
            new JournalSettings(1 << 20, 4 << 20, 4 << 20, 64, 1_000, 1 << 20, 1);

    @TempDir
    private Path directory;

    private List<Path> journal = List.of();

    @BeforeEach
    void twoTables() throws Exception {
        try (JournalDatabase database = JournalDatabase.open(directory, "east", SETTINGS);
                FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
            for (int i = 0; i < 2; i++) {
                database.write(new StoreBatch().put(database.journal(), StoreKeys.event("p", i), new byte[] {1}), true)
                        .join();
                database.db().flush(flush, List.of(database.journal()));
            }
            journal = TableFiles.of(database.db());
        }
        assertThat(journal).hasSize(2);
        assertThat(TableFiles.damage(journal, () -> false)).isEmpty();
    }

    private static void flip(Path file, int at) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 0x10;
        Files.write(file, bytes);
    }

    /** Damages the order of the properties, of which RocksDB says neither file nor offset. */
    private static void unsort(Path file) throws Exception {
        int at = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).indexOf("rocksdb.");
        flip(file, at);
        while (!TableFiles.damage(List.of(file), () -> false).get(0).startsWith("properties unsorted")) {
            flip(file, at++);
            flip(file, at);
        }
    }

    @Test
    @DisplayName("is found wherever the byte is, and told with the file's name and the offset, or that this is unknown")
    void everyByte() throws Exception {
        Path table = journal.get(1);
        int size = (int) Files.size(table);
        for (int at = 0; at < size; at += 7) {
            flip(table, at);
            assertThat(TableFiles.damage(journal, () -> false))
                    .as("byte %d", at)
                    .singleElement()
                    .asString()
                    .contains(table.toString())
                    .containsPattern("offset (\\d|unknown)|Footer at \\d");
            flip(table, at);
        }
    }

    @Test
    @DisplayName("among its properties is told with its name, also where the store does not open for it")
    void properties() throws Exception {
        Path table = journal.get(1);
        unsort(table);
        String expected = "properties unsorted in " + table + ", offset unknown";

        assertThat(TableFiles.damage(journal, () -> false)).containsExactly(expected);
        assertThatThrownBy(() -> {
                    try (JournalDatabase database = JournalDatabase.open(directory, "east", SETTINGS)) {
                        database.read(() -> database.db().get(database.journal(), StoreKeys.event("p", 1)))
                                .join();
                    }
                })
                .hasStackTraceContaining(expected);
    }
}
