package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.testbed.Call;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.registry.journal.StoreAddress;
import dev.weft.registry.testbed.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Properties: {@code weft.restore.seed} says when the restores are killed, {@code weft.restore.kills} how many are for each
 * store.
 */
@DisplayName("A restore that is killed")
class RestoreKilledIT {
    private static final String MAPS = "/api/v1/namespaces/%s/configmaps";
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "a", "b", "c");
    /** In each namespace; together some 20 MB, so that storing them takes long enough to be cut off. */
    private static final int OBJECTS = 34;

    private static final int OBJECT_BYTES = 100_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    final TestBed bed = new TestBed();

    private final Random random = new Random();

    /** Something that a backup is restored into. */
    private interface Target {
        /** What weft restore, and weft server, are told of it. */
        List<String> words();

        /** Whether a restore has begun and is not done. */
        boolean isMarked() throws Exception;

        /** As the message says. */
        void empty() throws Exception;

        /** A server on it, not started. */
        TestServer server();
    }

    @ParameterizedTest
    @EnumSource(TestStore.class)
    @DisplayName("leaves nothing that a server would take for a whole cluster, and another restore puts everything in")
    void killed(TestStore store) throws Exception {
        long seed = Long.getLong("weft.restore.seed", new Random().nextInt(1_000_000));
        System.out.println("restores into " + store + " are killed by seed " + seed);
        random.setSeed(seed);
        Map<String, String> objects = new TreeMap<>();
        TestServer source = bed.server("east", "--no-proxy");
        Path backup = backup(source, objects);
        long lasts = timeOfStoring(backup, target(store, source, "whole"), objects);

        int cutOff = 0;
        int kills = Integer.getInteger("weft.restore.kills", 3);
        for (int kill = 0; kill < kills; kill++) {
            Target target = target(store, source, "kill-" + kill);
            // The last one comes at about the time when all is stored, the others sooner.
            long after = kill == kills - 1 ? lasts : random.nextLong(lasts * (kill + 1) / kills + 1);
            killAfter(backup, target, after);
            boolean marked = target.isMarked();
            System.out.println("killed " + TimeUnit.NANOSECONDS.toMillis(after) + " ms after it began to store, of "
                    + TimeUnit.NANOSECONDS.toMillis(lasts) + " ms: " + (marked ? "cut off" : "was done"));
            if (marked) {
                cutOff++;
                isRefused(target, backup);
                target.empty();
                assertThat(restore(backup, target).code()).isZero();
            } else {
                assertThat(restore(backup, target).err()).contains("not empty");
            }
            if (kill == 0 || !marked) {
                holdsAll(target, objects);
            }
        }
        assertThat(cutOff).as("restores that were cut off").isPositive();
    }

    private Target target(TestStore store, TestServer source, String name) {
        return store == TestStore.EMBEDDED
                ? new Folder(bed.seeking(source, name, "--no-proxy"))
                : database(source, name);
    }

    private Target database(TestServer source, String name) {
        StoreAddress address = TestStore.database(bed.directory().resolve(name));
        return new Database(address, bed.beside(source, address, name, "--no-proxy"));
    }

    private Path backup(TestServer server, Map<String, String> objects) throws Exception {
        server.start();
        for (String namespace : NAMESPACES) {
            server.api().create("/api/v1/namespaces", named("Namespace", namespace));
            for (int i = 0; i < OBJECTS; i++) {
                ObjectNode map = named("ConfigMap", "c-" + i);
                map.putObject("data").put("key", letters());
                server.api().accepted("a ConfigMap", server.api().create(MAPS.formatted(namespace), map));
            }
        }
        objects.putAll(present(server));
        Path file = bed.directory().resolve("east.backup");
        Call saved = Call.weft(
                List.of("backup", file.toString(), "--api", server.apiUrl().toString()));
        assertThat(saved.code()).as(saved.err()).isZero();
        assertThat(server.stop()).isZero();
        return file;
    }

    private static ObjectNode named(String kind, String name) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", "v1").put("kind", kind);
        object.putObject("metadata").put("name", name);
        return object;
    }

    private String letters() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < OBJECT_BYTES; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private static Map<String, String> present(TestServer server) {
        Map<String, String> present = new TreeMap<>();
        for (JsonNode item : server.api().require("/api/v1/configmaps").path("items")) {
            JsonNode metadata = item.path("metadata");
            present.put(
                    metadata.path("namespace").asText() + "/"
                            + metadata.path("name").asText(),
                    item.toString());
        }
        return present;
    }

    /** How long a restore takes from its mark to its end, in nanoseconds. */
    private long timeOfStoring(Path backup, Target target, Map<String, String> objects) throws Exception {
        Process whole = begun(backup, target);
        long begun = System.nanoTime();
        assertThat(whole.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        long lasted = System.nanoTime() - begun;
        holdsAll(target, objects);
        return lasted;
    }

    /** Begins to restore, and waits until something may be stored. */
    private Process begun(Path backup, Target target) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(TestBed.program().call(words(backup, target)));
        builder.environment().putAll(TestBed.program().environment());
        Path log = bed.directory().resolve("restore.log");
        Process restore = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> target.isMarked() || !restore.isAlive());
            assertThat(restore.isAlive()).as(Files.readString(log)).isTrue();
            return restore;
        } catch (RuntimeException | Error e) {
            restore.destroyForcibly();
            throw e;
        }
    }

    private static List<String> words(Path backup, Target target) {
        List<String> words = new ArrayList<>(List.of("restore", backup.toString()));
        words.addAll(target.words());
        return words;
    }

    private void killAfter(Path backup, Target target, long nanos) throws Exception {
        Process restore = begun(backup, target);
        long until = System.nanoTime() + nanos;
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
        restore.destroyForcibly().waitFor();
    }

    private static void isRefused(Target target, Path backup) throws Exception {
        List<String> server = new ArrayList<>(List.of("server", "--cluster", "east", "--no-proxy"));
        server.addAll(List.of("--api", "127.0.0.1:0", "--gossip", "127.0.0.1:0"));
        if (!target.words().contains("--data")) {
            server.addAll(
                    List.of("--data", backup.resolveSibling("refused-data").toString()));
        }
        server.addAll(target.words());
        Call refused = Call.weft(server);
        assertThat(refused.err()).contains("only a part of a backup");
        assertThat(refused.code()).isOne();
        Call again = restore(backup, target);
        assertThat(again.err()).contains("only a part of a backup").contains("restore again");
        assertThat(again.code()).isOne();
    }

    private static Call restore(Path backup, Target target) throws Exception {
        return Call.weft(words(backup, target));
    }

    private static void holdsAll(Target target, Map<String, String> objects) {
        TestServer server = target.server().start();
        assertThat(present(server)).isEqualTo(objects);
        assertThat(server.stop()).isZero();
    }

    /** An embedded store. */
    private record Folder(TestServer server) implements Target {
        @Override
        public List<String> words() {
            return List.of("--data", server.data().toString());
        }

        @Override
        public boolean isMarked() {
            return Files.exists(server.data().resolve("restoring"));
        }

        @Override
        public void empty() throws IOException {
            try (Stream<Path> files = Files.walk(server.data())) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** A shared store. */
    private record Database(StoreAddress address, TestServer server) implements Target {
        @Override
        public List<String> words() {
            return List.of(
                    "--store",
                    address.toString(),
                    "--store-password-file",
                    server.arguments().get(server.arguments().indexOf("--store-password-file") + 1));
        }

        @Override
        public boolean isMarked() throws SQLException {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement();
                    ResultSet made = statement.executeQuery("SELECT to_regclass('weft_restoring') IS NOT NULL")) {
                made.next();
                if (!made.getBoolean(1)) {
                    return false;
                }
            }
            try (Connection connection = connect();
                    Statement statement = connection.createStatement();
                    ResultSet marked = statement.executeQuery("SELECT one FROM weft_restoring")) {
                return marked.next();
            }
        }

        @Override
        public void empty() throws SQLException {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("DROP SCHEMA public CASCADE");
                statement.execute("CREATE SCHEMA public");
            }
        }

        private Connection connect() throws SQLException {
            return TestStore.server().connect(address.location().replaceAll(".*/", ""));
        }
    }
}
