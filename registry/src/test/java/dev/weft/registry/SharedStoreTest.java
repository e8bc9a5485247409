package dev.weft.registry;

import static dev.weft.registry.RunningRegistry.CONFIG_MAPS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.testbed.TestStore;
import dev.weft.registry.watch.Collection;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Processes that share a store")
class SharedStoreTest {
    private static final Collection ALL = Collection.everywhere(CONFIG_MAPS);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private static CompletableFuture<Outcome> create(RunningRegistry through, int namespace, String name) {
        return through.node()
                .write(RunningRegistry.create(
                        CONFIG_MAPS,
                        "ConfigMap",
                        List.of("default", "kube-system", "kube-public", "kube-node-lease")
                                .get(namespace % 4),
                        name,
                        "",
                        Write.Options.DEFAULT))
                .toCompletableFuture();
    }

    private static Map<String, Long> present(RunningRegistry registry) {
        return RegistryNodeTest.list(registry, ALL).items().stream()
                .collect(Collectors.toMap(object -> object.key().name(), Resource::version, (a, b) -> a, TreeMap::new));
    }

    @Test
    @DisplayName("keep some shards each, serve alike, and take over from one that leaves without an error or a gap")
    void takeOver() {
        Set<String> acknowledged = new TreeSet<>();
        try (RunningRegistry first = RunningRegistry.withStorage(TestStore.POSTGRES, directory)) {
            RunningRegistry second = first.sharing(directory);
            try (RunningRegistry third = first.sharing(directory)) {
                Awaitility.await("every process has shards")
                        .atMost(PATIENCE)
                        .until(() ->
                                List.of(first, second, third).stream().allMatch(process -> process.ownShards() > 0));
                try (Watched watch = Watched.since(
                        third, ALL, RegistryNodeTest.list(third, ALL).version())) {
                    for (int i = 0; i < 40; i++) {
                        RunningRegistry through = List.of(first, second, third).get(i % 3);
                        assertThat(create(through, i, "before-" + i).join()).isInstanceOf(Outcome.Done.class);
                        acknowledged.add("before-" + i);
                    }
                    CompletableFuture<Void> leaving = CompletableFuture.runAsync(second::close);
                    for (int i = 0; i < 40 || !leaving.isDone(); i++) {
                        Outcome outcome = create(i % 2 == 0 ? first : third, i, "during-" + i)
                                .join();
                        assertThat(outcome).isInstanceOf(Outcome.Done.class);
                        acknowledged.add("during-" + i);
                    }
                    leaving.join();
                    assertThat(present(first)).containsOnlyKeys(acknowledged);
                    assertThat(present(third)).isEqualTo(present(first));
                    Set<String> heard = watch.next(acknowledged.size()).stream()
                            .map(Watched::shown)
                            .collect(Collectors.toCollection(TreeSet::new));
                    assertThat(heard)
                            .isEqualTo(acknowledged.stream()
                                    .map(name -> "ADDED " + name)
                                    .collect(Collectors.toCollection(TreeSet::new)));
                }
            }
        }
    }

    @Test
    @DisplayName(
            "cannot both append to a shard, though both take themselves for its owner: nothing acknowledged is lost")
    void fenced() throws SQLException {
        Set<String> acknowledged = new TreeSet<>();
        // Two clusters of one process each: what a network that is cut would leave if nobody decided.
        try (RunningRegistry one = RunningRegistry.withStorage(TestStore.POSTGRES, directory);
                RunningRegistry other = RunningRegistry.withStorage(TestStore.POSTGRES, directory)) {
            int refused = 0;
            for (int round = 0; round < 6; round++) {
                List<CompletableFuture<Outcome>> writes = new java.util.ArrayList<>();
                List<String> names = new java.util.ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    names.add("c-" + round + "-" + i);
                    writes.add(create(i % 2 == 0 ? one : other, i / 2, names.get(i)));
                }
                for (int i = 0; i < writes.size(); i++) {
                    if (writes.get(i).join() instanceof Outcome.Done) {
                        acknowledged.add(names.get(i));
                    } else {
                        refused++;
                    }
                }
            }
            assertThat(refused).as("writes that met the other's").isPositive();
        }
        try (RunningRegistry later = RunningRegistry.withStorage(TestStore.POSTGRES, directory)) {
            assertThat(present(later).keySet()).containsAll(acknowledged);
        }
        assertThat(numbers())
                .allSatisfy((shard, numbers) -> assertThat(numbers)
                        .as(shard)
                        .isEqualTo(
                                IntStream.rangeClosed(1, numbers.size()).boxed().toList()));
    }

    @Test
    @DisplayName("answer no reader from what they hold once another has stored more, though they do not know of it")
    void nothingStale() {
        try (RunningRegistry one = RunningRegistry.withStorage(TestStore.POSTGRES, directory)) {
            assertThat(create(one, 0, "first").join()).isInstanceOf(Outcome.Done.class);
            try (RunningRegistry other = RunningRegistry.withStorage(TestStore.POSTGRES, directory)) {
                Awaitility.await("the other is the owner now")
                        .atMost(PATIENCE)
                        .until(() -> create(other, 0, "second").join() instanceof Outcome.Done);

                Registry.Answer<Resource> read = read(one, "second");

                if (read instanceof Registry.Answer.Refused<Resource> refused) {
                    assertThat(refused.refusal().reason())
                            .as("not that there is none")
                            .isEqualTo(dev.weft.registry.resource.Refusal.Reason.Timeout);
                }
                Awaitility.await("found, when it has loaded what the other stored")
                        .atMost(PATIENCE)
                        .until(() -> read(one, "second") instanceof Registry.Answer.Found<Resource>);
            }
        }
    }

    private static Registry.Answer<Resource> read(RunningRegistry registry, String name) {
        return registry.node()
                .get(
                        new dev.weft.registry.resource.ResourceKey(CONFIG_MAPS, "default", name),
                        new dev.weft.registry.watch.VersionMatch.MostRecent())
                .toCompletableFuture()
                .join();
    }

    /** The numbers of the events of each shard. */
    private Map<String, List<Integer>> numbers() throws SQLException {
        Map<String, List<Integer>> numbers = new TreeMap<>();
        String database = TestStore.database(directory).location().replaceAll(".*/", "");
        try (Connection connection = TestStore.server().connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT persistence_id, sequence_number FROM weft_event ORDER BY ordering")) {
            while (rows.next()) {
                numbers.computeIfAbsent(rows.getString(1), id -> new java.util.ArrayList<>())
                        .add(rows.getInt(2));
            }
        }
        return numbers;
    }

    @Test
    @DisplayName("find each other by the list in it, though they start at the same time: one cluster, and one list")
    void gathering() {
        List<RunningRegistry> all = IntStream.range(0, 3)
                .mapToObj(i -> RunningRegistry.gathering(directory, 0))
                .toList();
        try {
            Awaitility.await("one cluster of three")
                    .atMost(PATIENCE)
                    .until(() -> all.stream().allMatch(each -> each.members().size() == 3));
            all.get(0).close();
            Awaitility.await("the one that stopped is off the list, and the others stay together")
                    .atMost(PATIENCE)
                    .until(() -> all.get(1).members().size() == 2
                            && all.get(2).members().size() == 2);
        } finally {
            all.forEach(RunningRegistry::close);
        }
        try (RunningRegistry next = RunningRegistry.gathering(directory, 0)) {
            Awaitility.await("nobody is listed, so that the next begins")
                    .atMost(PATIENCE)
                    .until(() -> next.members().size() == 1);
        }
    }
}
