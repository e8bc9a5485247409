package dev.weft.deploy;

import dev.weft.deploy.server.WeftProxy;
import java.net.URI;
import java.util.concurrent.Callable;
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
        footer = {"", "Prints a line that begins with 'ready' once it serves. Stops cleanly on SIGTERM or Ctrl-C."})
final class ProxyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--api",
            required = true,
            paramLabel = "URL",
            converter = ApiUrlConverter.class,
            description = "The API server to follow, e.g. http://127.0.0.1:8001.")
    private URI api = URI.create("http://127.0.0.1:8001");

    @Option(names = "--node", required = true, paramLabel = "NAME", description = "The name of this node.")
    private String node = "";

    @Mixin
    private ProxyOptions options = new ProxyOptions();

    @Option(names = "--exit-with-parent", hidden = true, description = "Stop when the standard input ends.")
    private boolean exitWithParent;

    @Override
    public Integer call() {
        Logging.configure(WeftCommand.isDebug(spec.commandLine()));
        WeftProxy proxy = WeftProxy.start(new WeftProxy.Plan(
                api, node, options.zone(), options.dns().listen(), options.dns().config()));
        ProcessEnd end = ProcessEnd.onSignal(exitWithParent, proxy::stop);
        spec.commandLine().getOut().println("ready node=" + node + " api=" + api);
        proxy.awaitEnd();
        end.endedByItself();
        return 1;
    }
}
