package dev.weft.deploy.testbed;

import dev.weft.deploy.child.Child;
import dev.weft.deploy.child.Children;
import dev.weft.deploy.client.ApiClient;
import dev.weft.gossip.HostPort;
import dev.weft.registry.testbed.FreePorts;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One {@code weft server} process that a test starts, harms and restarts, always at the same addresses. */
public final class TestServer {
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration STOP = Duration.ofSeconds(30);

    private final Children children;
    private final String cluster;
    private final String name;
    private final Supplier<Path> directory;
    private final Ranges ranges;
    private final HostPort api;
    private final HostPort gossip;
    private final HostPort akka;
    private List<String> furtherArguments;
    private @Nullable Child process;

    /** What the server gives out. */
    record Ranges(String services, String imports) {}

    TestServer(
            Children children,
            String cluster,
            String name,
            Supplier<Path> directory,
            String host,
            Ranges ranges,
            List<String> furtherArguments) {
        this.children = children;
        this.cluster = cluster;
        this.name = name;
        this.directory = directory;
        this.ranges = ranges;
        int port = FreePorts.row(host, 3);
        this.api = new HostPort(host, port);
        this.gossip = new HostPort(host, port + 1);
        this.akka = new HostPort(host, port + 2);
        this.furtherArguments = furtherArguments;
    }

    /** What it is told besides, from its next start on. */
    public void arguments(List<String> further) {
        furtherArguments = List.copyOf(further);
    }

    /** Starts the process and waits until it is ready. */
    public TestServer start() {
        return begin().awaitReady();
    }

    /** Starts the process without waiting. */
    public TestServer begin() {
        process = children.start(name, commandLine(), directory.get().resolve(name + ".log"));
        return this;
    }

    /** Waits until the process that {@link #begin} started is ready. */
    public TestServer awaitReady() {
        running().awaitReady(START);
        return this;
    }

    private List<String> commandLine() {
        List<String> arguments = new ArrayList<>(List.of(
                "server",
                "--cluster",
                cluster,
                "--data",
                data().toString(),
                "--node",
                name,
                "--api",
                api.toString(),
                "--gossip",
                gossip.toString(),
                "--akka",
                akka.toString(),
                "--service-cidr",
                ranges.services(),
                "--clusterset-cidr",
                ranges.imports()));
        if (!furtherArguments.contains("--dns")) {
            arguments.addAll(List.of("--dns", "off"));
        }
        arguments.addAll(furtherArguments);
        return arguments;
    }

    /** SIGKILL: as a power cut would. */
    public void kill() {
        running().kill();
    }

    /** SIGTERM, and waits; returns the exit code. */
    public int stop() {
        return running().stop(STOP);
    }

    /** SIGSTOP: keeps its sockets and answers nothing. */
    public void pause() {
        running().pause();
    }

    /** SIGCONT. */
    public void resume() {
        running().resume();
    }

    /** The process as it runs now. */
    public Child running() {
        Child now = process;
        if (now == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return now;
    }

    /** Its API, for a new client each time. */
    public ApiClient api() {
        return new ApiClient(apiUrl());
    }

    public URI apiUrl() {
        return URI.create("http://" + api);
    }

    public HostPort apiAddress() {
        return api;
    }

    public HostPort gossip() {
        return gossip;
    }

    /** The loopback address that it has for itself. */
    public String host() {
        return api.host();
    }

    /** What it is told besides. */
    public List<String> arguments() {
        return furtherArguments;
    }

    /** Where it listens for other processes of its cluster. */
    public HostPort akka() {
        return akka;
    }

    public String cluster() {
        return cluster;
    }

    /** Where it keeps what must outlive it. */
    public Path data() {
        return directory.get().resolve(name + "-data");
    }

    /** What it was called. */
    public String name() {
        return name;
    }

    Ranges ranges() {
        return ranges;
    }

    void printTail() {
        Child now = process;
        if (now != null) {
            System.err.println("--- the log of " + name + " ends (" + now.log() + "):");
            System.err.println(now.tail());
        }
    }
}
