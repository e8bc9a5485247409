package dev.weft.deploy;

import dev.weft.deploy.client.ApiAccess;
import dev.weft.deploy.server.Kubeconfig;
import dev.weft.deploy.server.ProxyStart;
import dev.weft.deploy.server.WeftProxy;
import dev.weft.deploy.terminal.CommandFailed;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft proxy}: a proxy-node alone, that knows nothing but an API address. */
@Command(
        name = "proxy",
        description =
                "Run a proxy-node alone: it follows an API server and serves its services' virtual IPs on this host.",
        sortOptions = false,
        footer = {
            "",
            "Prints a line that begins with 'ready' once it serves: it waits for an API server that is away. Stops cleanly"
                    + " on SIGTERM or Ctrl-C."
        })
final class ProxyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--api",
            paramLabel = "URL",
            converter = ApiUrlConverter.class,
            description = "The API server to follow, e.g. http://127.0.0.1:8001.")
    private @Nullable URI api;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description =
                    "Follow the server of this file's current context, as its user, instead of --api; weft kubeconfig"
                            + " --proxy-node writes one.")
    private @Nullable Path kubeconfig;

    @Option(names = "--node", paramLabel = "NAME", description = "The name of this node; needed to run.")
    private @Nullable String node;

    @Option(
            names = "--cleanup",
            description = "Run nothing: remove what a proxy-node has left in this host's kernel, and end.")
    private boolean cleanup;

    @Option(
            names = "--handover",
            paramLabel = "PATH",
            description =
                    "Take over the listening sockets from the proxy-node of this host that was started with the same path"
                            + " (it stops once this one serves), and let a successor do the same: a restart that no client"
                            + " notices.")
    private @Nullable Path handover;

    @Mixin
    private ProxyOptions options = new ProxyOptions();

    @Option(names = "--exit-with-parent", hidden = true, description = "Stop when the standard input ends.")
    private boolean exitWithParent;

    @Override
    public Integer call() {
        Logging.configure(WeftCommand.isDebug(spec.commandLine()));
        if (cleanup) {
            cleanUp();
            return 0;
        }
        ApiAccess access = access();
        String name = name();
        Optional.ofNullable(handover).ifPresent(ProxyCommand::requireUsable);
        ProxyStart start = new ProxyStart(new WeftProxy.Plan(
                access,
                name,
                options.zone(),
                options.dns().listen(),
                options.mode(),
                options.dns().config(),
                Optional.ofNullable(handover)));
        ProcessEnd end = ProcessEnd.onSignal(exitWithParent, start::stop);
        boolean relieved;
        try {
            Optional<WeftProxy> proxy = start.run();
            proxy.ifPresent(
                    ready -> spec.commandLine().getOut().println("ready node=" + name + " api=" + access.server()));
            relieved = proxy.map(WeftProxy::awaitEnd).orElse(false);
        } finally {
            end.endedByItself();
        }
        return relieved ? 0 : 1;
    }

    /** A proxy-node that cannot take over, and serves all the same, would be the rival of the one that it was to follow. */
    private static void requireUsable(Path handover) {
        Path path = handover.toAbsolutePath();
        Path folder = path.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw CommandFailed.usage("--handover " + handover + ": there is no folder " + folder + "; make it first");
        }
        if (!Files.isWritable(folder)) {
            throw CommandFailed.usage("--handover " + handover + ": no socket can be made in " + folder
                    + ", which this user may not write to; choose another path");
        }
        boolean socket = Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
        if (Files.exists(path) && !socket) {
            throw CommandFailed.usage("--handover " + handover + ": this is no socket; choose another path");
        }
        if (socket && !Files.isWritable(path)) {
            throw CommandFailed.usage("--handover " + handover
                    + ": the proxy-node there is another user's; start this one as that user, or choose another path");
        }
    }

    private void cleanUp() {
        WeftProxy.Removed removed = WeftProxy.cleanUp(options.dns().config());
        spec.commandLine()
                .getOut()
                .println(removed.anything() ? "removed what a proxy-node had left in the kernel" : "nothing to remove");
        if (removed.running() != 0) {
            spec.commandLine()
                    .getErr()
                    .println("warning: the proxy-node that had made it, process " + removed.running()
                            + ", is running and will make it anew; stop it first, then clean up again");
        }
    }

    private String name() {
        String given = node;
        if (given == null) {
            throw CommandFailed.usage("which node is this? give --node NAME");
        }
        return given;
    }

    private ApiAccess access() {
        URI open = api;
        Path file = kubeconfig;
        if (open != null && file == null) {
            return ApiAccess.open(open);
        }
        if (open == null && file != null) {
            return Kubeconfig.read(file);
        }
        throw CommandFailed.usage("which API server is to be followed? give one of --api URL and --kubeconfig FILE");
    }
}
