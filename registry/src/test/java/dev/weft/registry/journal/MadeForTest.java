package dev.weft.registry.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.RocksDBException;

@DisplayName("What a data directory was made for")
class MadeForTest {
    private static final JournalSettings SETTINGS =
            new JournalSettings(1 << 20, 4 << 20, 4 << 20, 64, 1_000, 1 << 20, 1);

    @TempDir
    private Path directory;

    private JournalDatabase open(String cluster, int shards) {
        return JournalDatabase.open(directory, cluster, SETTINGS).forShards(shards);
    }

    /** One with something in it, made for cluster east and 16 shards. */
    private void make() {
        try (JournalDatabase database = open("east", 16)) {
            database.write(
                            new StoreBatch().put(database.journal(), StoreKeys.event("registry|7", 1), new byte[] {7}),
                            true)
                    .join();
        }
    }

    /** The same by a version that did not say in the store what it is for. */
    private void makeOld() throws RocksDBException {
        make();
        try (JournalDatabase database = open("east", 16)) {
            for (String name : List.of("cluster", "shards")) {
                database.db().delete(database.notes(), ("made-for/" + name).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private AbstractThrowableAssert<?, ?> assertRefused(String cluster, int shards) {
        return assertThatThrownBy(() -> open(cluster, shards).close()).isInstanceOf(DataDirectoryException.class);
    }

    private void says(String file, String word) throws IOException {
        Files.writeString(directory.resolve(file), word);
    }

    @ParameterizedTest(name = "\"{0}\", opened for {1}")
    @CsvSource({"1, 16", "1, 1", "17, 16", "17, 17", "'', 16", "0, 16", "1v, 16"})
    @DisplayName("is not taken from a damaged file of shards: it is named, with what it says and what the store says")
    void damagedShards(String said, int wanted) throws IOException {
        make();
        says("shards", said);

        assertRefused("east", wanted)
                .hasMessageContaining("damaged; nothing was changed: file " + directory.resolve("shards") + " says \""
                        + said + "\", but the store was made for 16 shards: write 16 into the file");
        says("shards", "16\n");
        open("east", 16).close();
    }

    @ParameterizedTest(name = "\"{0}\", opened for {1}")
    @CsvSource({"e7st, east", "e7st, e7st", "e, east", "'', east", "EAST, east"})
    @DisplayName("is not taken from a damaged file of the cluster either")
    void damagedCluster(String said, String wanted) throws IOException {
        make();
        says("cluster", said);

        assertRefused(wanted, 16)
                .hasMessageContaining("damaged; nothing was changed: file " + directory.resolve("cluster") + " says \""
                        + said + "\", but the store was made for cluster \"east\": write east into the file");
        says("cluster", "east\n");
        open("east", 16).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster", "shards"})
    @DisplayName("is written anew from the store where its file is missing, and holds as before")
    void missingFile(String file) throws IOException {
        make();
        Files.delete(directory.resolve(file));

        if (file.equals("cluster")) {
            assertRefused("west", 16).hasMessageContaining("belongs to cluster \"east\", not to \"west\"");
        } else {
            assertRefused("east", 1).hasMessageContaining("was made for 16 shards (expected: 1, ");
        }
        assertThat(directory.resolve(file)).doesNotExist();
        open("east", 16).close();
        assertThat(directory.resolve(file)).hasContent(file.equals("cluster") ? "east" : "16");
    }

    @Test
    @DisplayName("is taken over from the files of an older store, which knows it itself from then on")
    void oldStore() throws Exception {
        makeOld();
        assertRefused("east", 1).hasMessageContaining("was made for 16 shards (expected: 1, ");
        open("east", 16).close();

        says("shards", "1");
        assertRefused("east", 1).hasMessageContaining("but the store was made for 16 shards");
        says("shards", "16");
        says("cluster", "e7st");
        assertRefused("east", 16).hasMessageContaining("but the store was made for cluster \"east\"");
    }

    @Test
    @DisplayName("is not made up for an older store that has lost a file, or whose file says nothing of the kind")
    void oldStoreWithoutFile() throws Exception {
        makeOld();
        says("shards", "1v");
        assertRefused("east", 16)
                .hasMessageContaining(
                        "file " + directory.resolve("shards") + " says \"1v\" (expected: a number of shards)");
        Files.delete(directory.resolve("shards"));
        assertRefused("east", 16).hasMessageContaining("file " + directory.resolve("shards") + " is missing");
        says("shards", "16");
        open("east", 16).close();
    }
}
