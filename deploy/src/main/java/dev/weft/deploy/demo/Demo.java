package dev.weft.deploy.demo;

import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.backend.Backends;
import dev.weft.deploy.child.Children;
import dev.weft.deploy.child.WeftProgram;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.gossip.HostPort;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Two clusters on one machine: made, shown, and cleared away. */
public final class Demo implements AutoCloseable {
    private static final String LOCALHOST = "127.0.0.1";
    private static final int BACKEND_PORT = 9376;
    private static final int BACKENDS = 3;

    private final PrintWriter out;
    private final InstantSource clock;
    private final Children children;
    private final Backends backends = new Backends();
    private final Path directory;

    public Demo(PrintWriter out, InstantSource clock, WeftProgram program) {
        this.out = out;
        this.clock = clock;
        this.children = new Children(program);
        try {
            this.directory = Files.createTempDirectory("weft-demo-");
        } catch (IOException e) {
            throw CommandFailed.failed("cannot make a temporary directory: " + e.getMessage(), e);
        }
    }

    /** Writes what kubectl needs to reach some servers. */
    @FunctionalInterface
    public interface KubeconfigWriter {
        void write(Path file, List<ApiClient> servers);
    }

    /**
     * Tells the story; when it returns, both clusters are running.
     *
     * @throws CommandFailed with what did not hold
     */
    public DemoView run(KubeconfigWriter kubeconfig) {
        HostPort eastGossip = address(7001);
        DemoCluster east = cluster(
                new DemoCluster.Plan(
                        "east", address(8001), eastGossip, "127.96.0.0/16", "127.112.0.0/16", Optional.empty()),
                "127.80.1.");
        DemoCluster west = cluster(
                new DemoCluster.Plan(
                        "west",
                        address(8002),
                        address(7002),
                        "127.97.0.0/16",
                        "127.113.0.0/16",
                        Optional.of(eastGossip)),
                "127.80.2.");
        DemoStory story = new DemoStory(east, west, new Narrator(out, clock), clock);
        try {
            story.tell();
        } catch (CommandFailed e) {
            showLog(east);
            showLog(west);
            throw e;
        }
        kubeconfig.write(kubeconfigFile(), List.of(east.api(), west.api()));
        HostPort target = story.importedIn(west);
        return new DemoView(east, west, target, clock);
    }

    private Path kubeconfigFile() {
        return directory.resolve("kubeconfig");
    }

    /** Prints what the user may try while the clusters run. */
    public void invite(DemoView view) {
        out.println();
        out.println("Try it yourself:");
        out.println("  export KUBECONFIG=" + kubeconfigFile());
        out.println("  kubectl --context east get services,endpoints,endpointslices -o wide");
        out.println("  kubectl --context west get serviceimports");
        out.println("  kubectl --context west get clusters.mesh.weft.dev");
        out.println("  curl http://" + view.target() + "/");
    }

    private DemoCluster cluster(DemoCluster.Plan plan, String addressPrefix) {
        List<Backend> started = new ArrayList<>();
        for (int i = 1; i <= BACKENDS; i++) {
            HostPort address = new HostPort(addressPrefix + i, BACKEND_PORT);
            requireFree(address);
            started.add(backends.http(plan.name() + "-" + i, address));
        }
        return new DemoCluster(plan, directory, children, started);
    }

    private static void requireFree(HostPort address) {
        if (!isFree(address)) {
            throw CommandFailed.failed("the demo's backend cannot listen on " + address
                    + ", something else does; is another demo running?");
        }
    }

    @SuppressWarnings("AddressSelection") // a literal address has no alternatives
    private static boolean isFree(HostPort address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address.host(), address.port()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The well-known port if it is free, else any. */
    @SuppressWarnings("AddressSelection") // a literal address has no alternatives
    private static HostPort address(int wellKnown) {
        HostPort wanted = new HostPort(LOCALHOST, wellKnown);
        if (isFree(wanted)) {
            return wanted;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(LOCALHOST, 0));
            return new HostPort(LOCALHOST, socket.getLocalPort());
        } catch (IOException e) {
            throw CommandFailed.failed("there is no free port on " + LOCALHOST + ": " + e.getMessage(), e);
        }
    }

    /** The temporary directory goes with the demo; after a failure, what the servers said last is worth seeing. */
    private void showLog(DemoCluster cluster) {
        if (Files.exists(cluster.log())) {
            out.println("--- the log of " + cluster.name() + " ends:");
            try {
                List<String> lines = Files.readAllLines(cluster.log());
                lines.subList(Math.max(0, lines.size() - 25), lines.size()).forEach(out::println);
            } catch (IOException e) {
                out.println("(it cannot be read: " + e.getMessage() + ")");
            }
        }
    }

    /** Ends the servers and the backends and removes the temporary directory. */
    @Override
    public void close() {
        children.close();
        backends.close();
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            out.println("weft: could not remove " + directory + ": " + e.getMessage());
        }
    }
}
