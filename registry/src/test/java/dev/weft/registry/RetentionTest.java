package dev.weft.registry;

import static dev.weft.registry.RunningRegistry.CONFIG_MAPS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.Write;
import dev.weft.registry.testbed.TestStore;
import dev.weft.registry.watch.Collection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("What is stored")
@ParameterizedClass
@EnumSource(TestStore.class)
class RetentionTest {
    private static final int WRITES = 600;
    private static final int BYTES = 40_000;
    private static final String BUFFERS = "journal { write-buffer = 1 MiB, wal = 2 MiB }";

    /** When a snapshot is made. */
    private enum When {
        AFTER_BATCHES("shard.snapshot-every = 20, "),
        AFTER_BYTES("shard.snapshot-bytes = 1 MiB, ");

        private final String settings;

        When(String settings) {
            this.settings = settings + BUFFERS;
        }
    }

    @Parameter
    private TestStore store = TestStore.EMBEDDED;

    @TempDir
    private Path directory;

    private long size() throws IOException, SQLException {
        return store == TestStore.EMBEDDED ? size(directory.resolve("store")) : payloads();
    }

    /** By name, as the store removes files while it is open. */
    private static long size(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** The database gives back the room of rows that are deleted when it sees fit. */
    private long payloads() throws SQLException {
        String database = TestStore.database(directory).location().replaceAll(".*/", "");
        try (Connection connection = TestStore.server().connect(database);
                Statement statement = connection.createStatement();
                ResultSet sum =
                        statement.executeQuery("SELECT (SELECT sum(octet_length(event_payload)) FROM weft_event)"
                                + " + (SELECT coalesce(sum(octet_length(snapshot_payload)), 0) FROM weft_snapshot)")) {
            sum.next();
            return sum.getLong(1);
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    @DisplayName("stays in proportion to what there is, and a snapshot with its tail gives back exactly that")
    void proportional(When when) throws IOException, SQLException {
        List<Resource> before;
        try (RunningRegistry registry = RunningRegistry.with(store, directory, when.settings)) {
            Resource object = registry.create(CONFIG_MAPS, "ConfigMap", "default", "c", "")
                    .object();
            for (int i = 0; i < WRITES; i++) {
                var tree = object.json().toTree();
                tree.putObject("data").put("a", Integer.toString(i % 10).repeat(BYTES));
                object = ((Write.Outcome.Done) registry.write(
                                new Write.Update(object.key(), "", JsonBytes.of(tree), Write.Options.DEFAULT)))
                        .object();
            }
            before = RegistryNodeTest.list(registry, Collection.everywhere(CONFIG_MAPS))
                    .items();
            assertThat(before).containsExactly(object);
            assertThat(size()).isBetween((long) BYTES, (long) WRITES * BYTES / 2);
        }
        try (RunningRegistry registry = RunningRegistry.with(store, directory, when.settings)) {
            assertThat(RegistryNodeTest.list(registry, Collection.everywhere(CONFIG_MAPS))
                            .items())
                    .isEqualTo(before);
        }
    }
}
