package dev.weft.deploy;

import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.backend.Backends;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.gossip.HostPort;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft backend}: something to call, that says which one it is. */
@Command(
        name = "backend",
        description = "Run a small server that answers with its name, to have something to call.",
        footer = {
            "",
            "Over HTTP: /healthz, /slow?ms=N, /status?code=N, /bytes?n=N; every other path answers with the name.",
            "With --tcp or --udp it sends back what it gets instead; both may be given."
        })
final class BackendCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--listen",
            required = true,
            paramLabel = "HOST:PORT",
            converter = HostPortConverter.class,
            description = "Where to listen; port 0 takes a free one.")
    private HostPort listen = new HostPort("127.0.0.1", 0);

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "What to answer with.")
    private String name = "";

    @Option(names = "--tcp", description = "Echo over TCP.")
    private boolean tcp;

    @Option(names = "--udp", description = "Echo over UDP.")
    private boolean udp;

    @Option(names = "--exit-with-parent", hidden = true, description = "Stop when the standard input ends.")
    private boolean exitWithParent;

    @Override
    public void run() {
        try (Backends backends = new Backends()) {
            List<String> addresses = new ArrayList<>();
            if (!tcp && !udp) {
                addresses.add("http=" + start(() -> backends.http(name, listen)));
            }
            if (tcp) {
                addresses.add("tcp=" + start(() -> backends.tcpEcho(name, listen)));
            }
            if (udp) {
                addresses.add("udp=" + start(() -> backends.udpEcho(name, listen)));
            }
            spec.commandLine().getOut().println("ready name=" + name + " " + String.join(" ", addresses));
            CountDownLatch stopped = new CountDownLatch(1);
            ProcessEnd.onSignal(exitWithParent, stopped::countDown);
            ProcessEnd.await(stopped);
        }
    }

    private HostPort start(java.util.function.Supplier<Backend> starting) {
        try {
            return starting.get().address();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) { // Netty throws what the operating system said, undeclared
            if (e instanceof SocketException) {
                throw CommandFailed.failed(
                        "cannot listen on " + listen + ": " + e.getMessage() + "; choose another --listen HOST:PORT",
                        e);
            }
            throw new IllegalStateException("cannot start the backend " + name, e);
        }
    }
}
