package dev.weft.deploy.testbed;

import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.backend.Backends;
import dev.weft.deploy.child.Child;
import dev.weft.deploy.child.Children;
import dev.weft.deploy.child.WeftProgram;
import dev.weft.gossip.HostPort;
import dev.weft.registry.journal.StoreAddress;
import dev.weft.registry.testbed.FreePorts;
import dev.weft.registry.testbed.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Real servers for one test: processes of the {@code weft} command on loopback addresses and ports of their own.
 *
 * <p>Use it as a {@link RegisterExtension} field. Logs stay under {@code target/testbed/CLASS.METHOD}; after a failure
 * their ends are printed. However the test ends, its processes end with it: they are stopped after the test, killed by a
 * shutdown hook, and end by themselves when this process is gone.
 */
public final class TestBed implements BeforeEachCallback, AfterEachCallback {
    private final Random random = new Random(ProcessHandle.current().pid() * 31L + System.nanoTime());
    private final List<TestServer> servers = new ArrayList<>();
    private Path directory = Path.of("target", "testbed", "unnamed");
    private final List<Children> families = new ArrayList<>();
    private Children children = family(program());
    private Backends backends = new Backends();

    @Override
    public void beforeEach(ExtensionContext context) throws IOException, InterruptedException {
        rehearse();
        directory = Path.of(
                        "target",
                        "testbed",
                        context.getRequiredTestClass().getSimpleName() + "."
                                + context.getRequiredTestMethod().getName())
                .toAbsolutePath();
        deleteTree(directory);
        Files.createDirectories(directory);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        context.getExecutionException().ifPresent(failure -> servers.forEach(TestServer::printTail));
        families.forEach(Children::close);
        backends.close();
    }

    /** Servers that are made from now on find these in their environment. */
    public void environment(Map<String, String> further) {
        Map<String, String> all = new HashMap<>(program().environment());
        all.putAll(further);
        children = family(new WeftProgram(program().words(), all));
    }

    private Children family(WeftProgram program) {
        Children family = new Children(program);
        families.add(family);
        return family;
    }

    /** A server of a cluster, not started yet. It has its own loopback address, ports, ranges and data directory. */
    public TestServer server(String cluster, String... furtherArguments) {
        return add(cluster, cluster + "-1", new TestServer.Ranges(range(), range()), List.of(furtherArguments));
    }

    /** A further process of the cluster that another server began, not started yet. */
    public TestServer further(TestServer first, String name, String... furtherArguments) {
        List<String> arguments = new ArrayList<>(List.of("--seed", first.akka().toString()));
        arguments.addAll(List.of(furtherArguments));
        return add(first.cluster(), name, first.ranges(), arguments);
    }

    /** A further process of the cluster that another server began, which has to find it by itself; not started yet. */
    public TestServer seeking(TestServer first, String name, String... furtherArguments) {
        return add(first.cluster(), name, first.ranges(), List.of(furtherArguments));
    }

    /** Processes of one cluster that share a database, not started yet. They find each other in it. */
    public List<TestServer> sharing(StoreAddress store, int count, String cluster, String... furtherArguments) {
        TestServer.Ranges ranges = new TestServer.Ranges(range(), range());
        List<TestServer> sharing = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            sharing.add(add(cluster, cluster + "-" + i, ranges, List.of()));
        }
        sharing.forEach(server -> server.arguments(arguments(store, furtherArguments)));
        return sharing;
    }

    /** One more process that shares the database of another's cluster, not started yet. */
    public TestServer beside(TestServer first, StoreAddress store, String name, String... furtherArguments) {
        return add(first.cluster(), name, first.ranges(), arguments(store, furtherArguments));
    }

    private List<String> arguments(StoreAddress store, String... further) {
        List<String> arguments =
                new ArrayList<>(List.of("--store", store.toString(), "--store-password-file", secret()));
        arguments.addAll(List.of(further));
        return arguments;
    }

    /** A file with the password of the test's database. */
    private String secret() {
        try {
            return Files.writeString(directory.resolve("store-password"), PostgresServer.PASSWORD + "\n")
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A configuration file for servers, with some settings of the test's own. */
    public String config(String text) {
        try {
            return Files.writeString(directory.resolve("test.conf"), text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TestServer add(String cluster, String name, TestServer.Ranges ranges, List<String> arguments) {
        TestServer server =
                new TestServer(children, cluster, name, this::directory, loopback(20, 40), ranges, arguments);
        servers.add(server);
        return server;
    }

    /** A {@code weft} command that keeps running, with a log of its own. */
    public Child command(String name, String... arguments) {
        return children.start(name, List.of(arguments), directory.resolve(name + ".log"));
    }

    /** Where nobody listens, on a loopback address of its own. */
    public HostPort free() {
        String host = loopback(60, 30);
        return new HostPort(host, FreePorts.at(host));
    }

    /** A port for several processes that listen at addresses of their own later on. */
    public int sharedPort() {
        return FreePorts.at(loopback(60, 30));
    }

    private String loopback(int from, int count) {
        return "127." + (from + random.nextInt(count)) + "." + random.nextInt(256) + "." + (1 + random.nextInt(254));
    }

    /** A real HTTP backend at an address of its own, in this process. */
    public Backend backend(String name, int port) {
        return backends.http(name, new HostPort(loopback(60, 30), port));
    }

    /** A manifest among the test's resources. */
    public Path manifest(String name) {
        URL found = Objects.requireNonNull(TestBed.class.getResource("/manifests/" + name), name);
        return Path.of(found.getPath());
    }

    /** Where the test may keep files; emptied before it begins. */
    public Path directory() {
        return directory;
    }

    /** How the command is called: through the launcher of the distribution that the build has just packed. */
    public static WeftProgram program() {
        return WeftProgram.launcher(Path.of(System.getProperty("weft.home", "target/weft"), "bin", "weft"));
    }

    /** The first call of a server makes the class-data-sharing archive; that must not count as a server's start. */
    private static void rehearse() throws IOException, InterruptedException {
        ProcessBuilder help = new ProcessBuilder(program().call(List.of("server", "--help")))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        help.environment().putAll(program().environment());
        if (help.start().waitFor() != 0) {
            throw new IllegalStateException("the packed command does not run; was the module packaged?");
        }
    }

    private String range() {
        return "127." + (130 + random.nextInt(120)) + "." + (16 * random.nextInt(16)) + ".0/20";
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
