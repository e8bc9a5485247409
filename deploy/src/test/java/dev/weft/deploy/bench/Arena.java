package dev.weft.deploy.bench;

import dev.weft.deploy.child.Child;
import dev.weft.deploy.child.Children;
import dev.weft.deploy.child.WeftProgram;
import dev.weft.gossip.HostPort;
import dev.weft.registry.testbed.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a benchmark runs in: a directory on the disk to be measured, and the processes of Weft and of its peers. */
final class Arena implements AutoCloseable {
    private static final String LOOPBACK = "127.131.0.1";
    private static final Duration START = Duration.ofMinutes(3);

    private final Path directory;
    private final Effort effort;
    private final Figures figures;
    private final Children children;
    private int servers;
    private @Nullable Server first;

    /**
     * Where nothing has run yet.
     *
     * @param directory emptied first
     * @param recording whether servers write flight recordings into it
     */
    Arena(Path directory, Effort effort, Figures figures, boolean recording) {
        this.directory = directory;
        this.effort = effort;
        this.figures = figures;
        WeftProgram launcher =
                WeftProgram.launcher(Path.of(System.getProperty("weft.home", "target/weft"), "bin", "weft"));
        children = new Children(recording ? recorded(launcher) : launcher);
        empty(directory);
    }

    private WeftProgram recorded(WeftProgram program) {
        Map<String, String> environment = new HashMap<>(program.environment());
        environment.put(
                "WEFT_JAVA_OPTS",
                System.getenv().getOrDefault("WEFT_JAVA_OPTS", "")
                        + " -XX:StartFlightRecording=settings=profile,filename=" + directory.toAbsolutePath());
        return new WeftProgram(program.words(), environment);
    }

    Effort effort() {
        return effort;
    }

    Figures figures() {
        return figures;
    }

    /**
     * Starts a server of a cluster of its own, without a proxy-node, with an empty data directory. Where figures do not
     * count anyway, one server does for all, which spares most of the time.
     */
    Server server() {
        if (effort.counts() || first == null) {
            servers++;
            first = start("server-" + servers, true);
        }
        return first;
    }

    /** The same with further arguments, and always one of its own. */
    Server server(List<String> further) {
        servers++;
        return start("server-" + servers, true, further);
    }

    /** Where files of a benchmark may lie. */
    Path directory() {
        return directory;
    }

    /** A running server of a cluster of its own. */
    final class Server {
        private final String name;
        private final Child process;
        private final HostPort api;
        private final HostPort gossip;
        private final long startMillis;

        private Server(String name, Child process, HostPort api, HostPort gossip, long startMillis) {
            this.name = name;
            this.process = process;
            this.api = api;
            this.gossip = gossip;
            this.startMillis = startMillis;
        }

        /** The name of its cluster. */
        String cluster() {
            return name;
        }

        HostPort api() {
            return api;
        }

        /** Where other clusters reach it. */
        HostPort gossip() {
            return gossip;
        }

        /** From the call of the command until it said that it is ready. */
        long startMillis() {
            return startMillis;
        }

        Usage usage() {
            return Usage.of(process.pid());
        }

        long compilerMillis() {
            return Usage.compilerMillis(process.pid());
        }

        Usage usageAfterCollection() {
            return Usage.afterCollection(process.pid());
        }

        /** Stops it in good order. */
        void stop() {
            process.stop(Duration.ofSeconds(60));
        }

        /** Starts it again on what it stored. */
        Server again() {
            return start(name, true);
        }

        /** Starts it again on what it stored, with a proxy-node inside. */
        Server againWithProxy() {
            return start(name, false);
        }
    }

    private Server start(String name, boolean bare) {
        return start(name, bare, List.of());
    }

    private Server start(String name, boolean bare, List<String> further) {
        HostPort api = freePort();
        HostPort gossip = freePort();
        List<String> arguments = new ArrayList<>(List.of(
                "server",
                "--cluster=" + name,
                "--data=" + directory.resolve(name + "-data"),
                "--api=" + api,
                "--gossip=" + gossip,
                "--akka=" + freePort(),
                "--dns=off",
                "--service-cidr=10.96.0.0/12",
                "--clusterset-cidr=127.133.0.0/16"));
        if (bare) {
            arguments.add("--no-proxy");
        }
        arguments.addAll(further);
        long begun = System.nanoTime();
        Child process = children.start(name, arguments, directory.resolve(name + ".log"));
        process.awaitReady(START);
        return new Server(name, process, api, gossip, (System.nanoTime() - begun) / 1_000_000);
    }

    /** Starts etcd with its defaults: what it answers is on disk. */
    EtcdServer etcd() {
        return EtcdServer.start(directory.resolve("etcd"), freePort(), freePort());
    }

    @Override
    public void close() {
        children.close();
    }

    static HostPort freePort() {
        return new HostPort(LOOPBACK, FreePorts.at(LOOPBACK));
    }

    private static void empty(Path directory) {
        try {
            if (Files.exists(directory)) {
                try (Stream<Path> files = Files.walk(directory)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty " + directory, e);
        }
    }
}
