package dev.weft.deploy.testbed;

import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.backend.Backends;
import dev.weft.deploy.child.Children;
import dev.weft.deploy.child.WeftProgram;
import dev.weft.gossip.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
    private Children children = new Children(program());
    private Backends backends = new Backends();

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
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
        children.close();
        backends.close();
    }

    /** A server of a cluster, not started yet. It has its own loopback address, ports, ranges and data directory. */
    public TestServer server(String cluster, String... furtherArguments) {
        TestServer server = new TestServer(
                children,
                cluster,
                this::directory,
                "127." + (20 + random.nextInt(40)) + "." + random.nextInt(256) + "." + (1 + random.nextInt(254)),
                new TestServer.Ranges(range(), range()),
                List.of(furtherArguments));
        servers.add(server);
        return server;
    }

    /** A real HTTP backend at an address of its own, in this process. */
    public Backend backend(String name, int port) {
        return backends.http(
                name,
                new HostPort(
                        "127." + (60 + random.nextInt(30)) + "." + random.nextInt(256) + "."
                                + (1 + random.nextInt(254)),
                        port));
    }

    /** Where the test may keep files; emptied before it begins. */
    public Path directory() {
        return directory;
    }

    /** How the command is called: through the launcher of the distribution that the build has just packed. */
    public static WeftProgram program() {
        return WeftProgram.launcher(Path.of(System.getProperty("weft.home", "target/weft"), "bin", "weft"));
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
