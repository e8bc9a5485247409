package dev.weft.deploy;

import dev.weft.deploy.server.ServerProcess;
import dev.weft.deploy.server.ServerSettings;
import dev.weft.deploy.server.StoreOption;
import dev.weft.gossip.HostPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft server}: a control-plane node, with a proxy-node inside unless told otherwise. */
@Command(
        name = "server",
        description = "Run a control-plane node of a cluster: registry, REST API, gossip, and a proxy-node inside.",
        sortOptions = false,
        footer = {
            "",
            "Prints a line that begins with 'ready' once it serves. Stops cleanly on SIGTERM or Ctrl-C.",
            "Example: weft server --cluster east --data /tmp/east"
        })
final class ServerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--cluster", required = true, paramLabel = "NAME", description = "The cluster's name, a DNS label.")
    private String cluster = "";

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Where it keeps what must outlive it; made if it is not there.")
    private Path data = Path.of("");

    @Option(
            names = "--api",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8001",
            converter = HostPortConverter.class,
            description = "Where the REST API listens (default: ${DEFAULT-VALUE}).")
    private HostPort api = new HostPort("127.0.0.1", 8001);

    @Option(
            names = "--gossip",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7001",
            converter = HostPortConverter.class,
            description = "Where it listens for other clusters (default: ${DEFAULT-VALUE}).")
    private HostPort gossip = new HostPort("127.0.0.1", 7001);

    @Option(
            names = "--join",
            paramLabel = "HOST:PORT",
            converter = HostPortConverter.class,
            description = "The gossip address of any cluster of the federation to join; may be repeated.")
    private List<HostPort> join = new ArrayList<>();

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = "This node's name (default: NAME-1 after the cluster).")
    private @Nullable String node;

    @Option(
            names = "--service-cidr",
            paramLabel = "CIDR",
            defaultValue = "127.96.0.0/16",
            description =
                    "The range of ClusterIPs (default: ${DEFAULT-VALUE}); several with commas between them, the first one's"
                            + " family is the default. With an IPv4 and an IPv6 range Services can be dual-stack.")
    private String serviceCidr = "";

    @Option(
            names = "--clusterset-cidr",
            paramLabel = "CIDR",
            defaultValue = "127.112.0.0/16",
            description =
                    "The range of the addresses of imported services (default: ${DEFAULT-VALUE}); several with commas"
                            + " between them.")
    private String clusterSetCidr = "";

    @Option(
            names = "--node-port-range",
            paramLabel = "FIRST-LAST",
            description =
                    "The ports that Services of type NodePort and LoadBalancer get on every node, both ends"
                            + " included (default: 30000-32767, or what --config says); the same in all processes of a cluster.")
    private @Nullable String nodePorts;

    @Option(
            names = "--akka",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:0",
            converter = HostPortConverter.class,
            description = "Where it listens for other processes of this cluster (default: any free port).")
    private HostPort akka = new HostPort("127.0.0.1", 0);

    @Option(
            names = "--seed",
            paramLabel = "HOST:PORT",
            converter = HostPortConverter.class,
            description = "The --akka address of a running process of this cluster to join; may be repeated."
                    + " The process that starts without keeps the cluster's data and speaks with other clusters; one"
                    + " with it serves the API and virtual IPs, begins again when the first has gone, and is ready once"
                    + " that is back. It takes --gossip and --join for nothing, and --data stays empty.")
    private List<HostPort> seeds = new ArrayList<>();

    @Option(
            names = "--store",
            paramLabel = "URL",
            description = "A PostgreSQL database that the processes of this cluster share:"
                    + " postgresql://USER@HOST[:PORT]/DATABASE[?sslmode=...]. Each process then keeps some of the data, and"
                    + " others take over when it goes; --data holds only what it knows of other clusters. The"
                    + " processes find each other in the database, without --seed; --akka must be where the others reach"
                    + " this one.")
    private @Nullable String store;

    @Option(
            names = "--store-password-file",
            paramLabel = "FILE",
            description = "A file whose first line is the password for --store (or set WEFT_STORE_PASSWORD).")
    private @Nullable Path storePassword;

    @Mixin
    private ProxyOptions proxy = new ProxyOptions();

    @Option(names = "--no-proxy", description = "Run no proxy-node inside.")
    private boolean noProxy;

    @Mixin
    private ProtectionOptions protection = new ProtectionOptions();

    @Mixin
    private PeerOptions peers = new PeerOptions();

    @Option(names = "--exit-with-parent", hidden = true, description = "Stop when the standard input ends.")
    private boolean exitWithParent;

    @Override
    public Integer call() {
        Logging.configure(WeftCommand.isDebug(spec.commandLine()));
        ServerSettings settings = new ServerSettings(
                cluster,
                node == null ? cluster + "-1" : node,
                proxy.zone(),
                data,
                new ServerSettings.Addresses(
                        api, gossip, akka, join, seeds, proxy.dns().listen(), proxy.mode()),
                ServerSettings.ranges(serviceCidr, clusterSetCidr),
                Optional.ofNullable(nodePorts).map(ServerSettings::nodePorts),
                proxy.dns().config(),
                !noProxy,
                StoreOption.read(store, storePassword, System.getenv("WEFT_STORE_PASSWORD")),
                protection.of(api),
                peers.of());
        ServerProcess server = ServerProcess.start(settings);
        ProcessEnd end = ProcessEnd.onSignal(exitWithParent, server::stop);
        spec.commandLine().getOut().println(server.readyLine());
        server.awaitEnd();
        end.endedByItself();
        return 1;
    }
}
