package dev.weft.registry;

import static dev.weft.registry.RunningRegistry.CONFIG_MAPS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.Write;
import dev.weft.registry.testbed.TestStore;
import dev.weft.registry.watch.Collection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("What is stored")
@ParameterizedClass
@EnumSource(TestStore.class)
class RetentionTest {
    private static final int WRITES = 600;
    private static final int BYTES = 40_000;
    private static final String SMALL = "shard.snapshot-every = 20, journal { write-buffer = 1 MiB, wal = 2 MiB }";

    @Parameter
    private TestStore store = TestStore.EMBEDDED;

    @TempDir
    private Path directory;

    private static long size(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName("stays in proportion to what there is, and a snapshot with its tail gives back exactly that")
    void proportional() {
        List<Resource> before;
        try (RunningRegistry registry = RunningRegistry.with(store, directory, SMALL)) {
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
            assertThat(size(directory)).isLessThan((long) WRITES * BYTES / 2);
        }
        try (RunningRegistry registry = RunningRegistry.with(store, directory, SMALL)) {
            assertThat(RegistryNodeTest.list(registry, Collection.everywhere(CONFIG_MAPS))
                            .items())
                    .isEqualTo(before);
        }
    }
}
