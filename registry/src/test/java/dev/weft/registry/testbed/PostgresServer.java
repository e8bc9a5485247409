package dev.weft.registry.testbed;

import dev.weft.registry.journal.StoreAddress;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real PostgreSQL server for tests, with files and a port of its own on loopback. It ends with this process, however
 * that ends: it is told to by a pipe that breaks. Where the tests run as root, it runs as another user, since it refuses
 * to be root.
 */
public final class PostgresServer implements AutoCloseable {
    /** Not a secret: the server is gone with the test. */
    public static final String PASSWORD = "loom:and/shuttle";

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String LIBRARIES = "/usr/lib/postgresql";

    private final Path directory;
    private final Path programs;
    private final int port;
    private Process process;

    private PostgresServer(Path directory, Path programs, int port) {
        this.directory = directory;
        this.programs = programs;
        this.port = port;
        this.process = run();
    }

    /** Makes a server and waits until it answers. */
    public static PostgresServer start() {
        try {
            Path directory = Files.createTempDirectory("weft-postgres-");
            Path programs = programs();
            Path secret = Files.writeString(directory.resolve("password"), PASSWORD);
            if (isRoot()) {
                end(new ProcessBuilder("chown", "-R", user(), directory.toString()));
            }
            end(asUser(List.of(
                    programs.resolve("initdb").toString(),
                    "--pgdata=" + directory.resolve("data"),
                    "--username=weft",
                    "--auth=scram-sha-256",
                    "--pwfile=" + secret,
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync")));
            PostgresServer server = new PostgresServer(directory, programs, FreePorts.at("127.0.0.1"));
            server.awaitReady();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process run() {
        List<String> server = List.of(
                programs.resolve("postgres").toString(),
                "-D",
                directory.resolve("data").toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "shared_buffers=16MB",
                "-c",
                "max_connections=100",
                "-c",
                "log_min_messages=panic");
        // The shell waits for the pipe to end, which it does with this process at the latest.
        List<String> guarded =
                new ArrayList<>(List.of("sh", "-c", "\"$@\" & child=$!; read -r _; kill -INT $child; wait"));
        guarded.add("sh");
        guarded.addAll(server);
        try {
            return asUser(guarded)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady() {
        Awaitility.await("PostgreSQL answers")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("postgres ended:\n" + Files.readString(directory.resolve("log")));
                    }
                    try (Connection connection = connect("postgres")) {
                        return connection.isValid(1);
                    }
                });
    }

    /** A connection past everything. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database, "weft", PASSWORD);
    }

    /** A database of this name, made unless it is there. */
    public StoreAddress database(String name) {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            try (var found = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + name + "'")) {
                if (found.next()) {
                    return address(name);
                }
            }
            statement.execute("CREATE DATABASE " + name);
            return address(name);
        } catch (SQLException e) {
            throw new IllegalStateException(name + " cannot be made", e);
        }
    }

    private StoreAddress address(String name) {
        return StoreAddress.parse("postgresql://weft@127.0.0.1:" + port + "/" + name)
                .with(PASSWORD);
    }

    /** Ends the server at once, as a crash would, and starts it again. */
    public void crash() {
        whileEnded(() -> {});
    }

    /** The same, with something done between the end and the start. */
    public void whileEnded(Runnable meanwhile) {
        end();
        meanwhile.run();
        process = run();
        awaitReady();
    }

    private void end() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the programs are: on the path, or where Debian keeps them, the newest release. */
    private static Path programs() throws IOException {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, "initdb"))) {
                return Path.of(folder);
            }
        }
        try (Stream<Path> releases = Files.list(Path.of(LIBRARIES))) {
            return releases.map(release -> release.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.comparing(Path::toString))
                    .orElseThrow(() -> new IOException("no initdb below " + LIBRARIES + "; install postgresql"));
        }
    }

    private static ProcessBuilder asUser(List<String> command) {
        List<String> line = new ArrayList<>();
        if (isRoot()) {
            line.addAll(List.of("runuser", "-u", user(), "--"));
        }
        line.addAll(command);
        return new ProcessBuilder(line).directory(new File("/"));
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static String user() {
        try {
            return Files.readAllLines(Path.of("/etc/passwd")).stream().anyMatch(line -> line.startsWith("postgres:"))
                    ? "postgres"
                    : "nobody";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(ProcessBuilder builder) throws IOException {
        Path said = Files.createTempFile("weft-postgres-", ".out");
        try {
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(builder.command() + " failed:\n" + Files.readString(said));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Files.delete(said);
        }
    }
}
