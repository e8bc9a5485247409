package dev.weft.deploy;

import dev.weft.deploy.client.NameQuery;
import dev.weft.gossip.HostPort;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft dns query}: one question to a DNS server, and what it says, a record a line. */
@Command(
        name = "query",
        description = "Ask a DNS server for a name and print the records that it answers with.",
        sortOptions = false,
        footer = {
            "",
            "Exits with 0 if the name exists, with 1 if not or if nobody answers.",
            "Example: weft dns query _http._tcp.web.default.svc.cluster.local SRV"
        })
final class DnsQueryCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "The whole name; of an address, the names that lead to it are asked for.")
    private String name = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "TYPE",
            description = "The type of the records: A, AAAA, SRV, CNAME, PTR, TXT, SOA, NS, ANY (default: A; of an"
                    + " address: PTR).")
    private @Nullable String type;

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:1053",
            converter = HostPortConverter.class,
            description = "Who is asked (default: ${DEFAULT-VALUE}).")
    private HostPort server = new HostPort("127.0.0.1", 1053);

    @Option(names = "--tcp", description = "Ask over TCP at once, not only when an answer does not fit UDP.")
    private boolean tcp;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long to wait for the answer (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds = 5;

    @Override
    public Integer call() {
        NameQuery.Answer answer =
                NameQuery.of(name, type).send(server, tcp, Duration.ofSeconds(Math.max(1, timeoutSeconds)));
        PrintWriter out = spec.commandLine().getOut();
        answer.lines().forEach(out::println);
        out.flush();
        return answer.exists() ? 0 : 1;
    }
}
