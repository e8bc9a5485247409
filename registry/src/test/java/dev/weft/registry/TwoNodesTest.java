package dev.weft.registry;

import static dev.weft.registry.RunningRegistry.CONFIG_MAPS;
import static dev.weft.registry.RunningRegistry.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.testbed.TestStore;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.VersionMatch;
import dev.weft.registry.watch.WatchEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A second node")
@ParameterizedClass
@EnumSource(TestStore.class)
class TwoNodesTest {
    private static final Collection ALL = Collection.everywhere(CONFIG_MAPS);

    @Parameter
    private TestStore store = TestStore.EMBEDDED;

    @TempDir
    private Path directory;

    @Test
    @DisplayName("writes, reads and watches like the first, in the same order, with objects of any allowed size")
    void sameFromBoth() {
        try (RunningRegistry first = RunningRegistry.withStorage(store, directory);
                RunningRegistry second = second(first)) {
            long since = RegistryNodeTest.list(second, ALL).version();
            try (Watched here = Watched.since(first, ALL, since);
                    Watched there = Watched.since(second, ALL, since)) {
                List<CompletableFuture<Outcome>> writes = new ArrayList<>();
                for (int i = 0; i < 60; i++) {
                    RunningRegistry through = i % 2 == 0 ? first : second;
                    String namespace =
                            List.of("default", "kube-system", "kube-public").get(i % 3);
                    writes.add(through.node()
                            .write(RunningRegistry.create(
                                    CONFIG_MAPS, "ConfigMap", namespace, "c" + i, "", Write.Options.DEFAULT))
                            .toCompletableFuture());
                }
                writes.forEach(write -> assertThat(write.join()).isInstanceOf(Outcome.Done.class));
                List<WatchEvent> heard = here.next(60);
                assertThat(there.next(60)).isEqualTo(heard);
                assertThat(RegistryNodeTest.list(second, ALL).items())
                        .isEqualTo(RegistryNodeTest.list(first, ALL).items());
                bigObject(second);
                assertThat(Watched.shown(there.next())).isEqualTo("ADDED big");
                assertThat(Watched.shown(there.next())).isEqualTo("MODIFIED big");
            }
            Outcome service = second.write(RunningRegistry.create(
                    SERVICES,
                    "Service",
                    "default",
                    "web",
                    "\"spec\":{\"ports\":[{\"port\":80}]}",
                    Write.Options.DEFAULT));
            Resource stored = ((Outcome.Done) service).object();
            assertThat(stored.json().toTree().path("spec").path("clusterIP").asText())
                    .startsWith("127.96.");
            assertThat(first.node()
                            .get(stored.key(), new VersionMatch.MostRecent())
                            .toCompletableFuture()
                            .join())
                    .isEqualTo(new Registry.Answer.Found<>(stored));
        }
    }

    /** Beside the embedded store it holds nothing; on a database every process takes its share. */
    private RunningRegistry second(RunningRegistry first) {
        return store == TestStore.EMBEDDED ? first.proxy() : first.sharing(directory);
    }

    /** Its change carries two states of nearly 1.5 MiB each. */
    private static void bigObject(RunningRegistry registry) {
        String a = "a".repeat(1_045_000);
        String notes = "n".repeat(250_000);
        String more = "\"data\":{\"a\":\"" + a + "\"}";
        Resource big = registry.create(CONFIG_MAPS, "ConfigMap", "default", "big", more)
                .object();
        var tree = big.json().toTree();
        tree.withObjectProperty("metadata").putObject("annotations").put("n", notes);
        Outcome outcome = registry.write(
                new Write.Update(big.key(), "", dev.weft.registry.resource.JsonBytes.of(tree), Write.Options.DEFAULT));
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
    }
}
