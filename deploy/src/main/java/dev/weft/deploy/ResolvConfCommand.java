package dev.weft.deploy;

import dev.weft.deploy.server.HostDns;
import dev.weft.deploy.terminal.Expected;
import dev.weft.gossip.HostPort;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft resolv-conf}: what makes the programs of this host ask the proxy-node. */
@Command(
        name = "resolv-conf",
        description = "Print a resolv.conf for this host, by which programs find services by their short names.",
        sortOptions = false,
        footer = {
            "",
            "Give it what the proxy-node was given for --dns and --config.",
            "One program alone: docker run --network host -v $PWD/resolv.conf:/etc/resolv.conf:ro IMAGE"
        })
final class ResolvConfCommand implements Callable<Integer> {
    private static final int DNS_PORT = 53;
    /** glibc reads no more; musl neither. */
    private static final int MAX_SEARCH = 6;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private DnsOptions dns = new DnsOptions();

    @Option(
            names = "--namespace",
            paramLabel = "NS",
            defaultValue = "default",
            description = "Where short names are looked for first (default: ${DEFAULT-VALUE}).")
    private String namespace = "default";

    @Option(
            names = "--clusterset",
            description = "Look for short names in the cluster set too, after the cluster itself.")
    private boolean clusterSet;

    @Override
    public Integer call() {
        Expected.label("--namespace", namespace);
        PrintWriter out = spec.commandLine().getOut();
        render(HostDns.of(dns.config(), dns.listen()), namespace, clusterSet).forEach(out::println);
        out.flush();
        return 0;
    }

    /** The lines of the file; those that begin with {@code #} say what it cannot. */
    static List<String> render(HostDns dns, String namespace, boolean clusterSet) {
        HostPort listen = HostPort.parse(dns.listen());
        String server = reachable(listen.host());
        List<String> search = new ArrayList<>();
        dns.zones().forEach(zone -> addSearch(search, namespace, zone));
        if (clusterSet) {
            addSearch(search, namespace, dns.clusterSetZone());
        }
        List<String> lines = new ArrayList<>();
        lines.add("# Made by weft resolv-conf: the DNS of this host's proxy-node, which forwards what is not its own.");
        if (listen.port() != DNS_PORT) {
            lines.add("# It answers on port " + listen.port() + ", but a nameserver line has no place for a port: this"
                    + " file works once");
            lines.add("# it answers on port 53 (--dns " + bracketed(server) + ":53, needs CAP_NET_BIND_SERVICE), or"
                    + " port 53 is redirected to it.");
        }
        lines.add("# As the host's own /etc/resolv.conf: name the servers to forward to in"
                + " weft.proxy.dns.forward.upstreams first,");
        lines.add("# for by default they are read from there.");
        lines.add("nameserver " + server);
        if (search.size() > MAX_SEARCH) {
            lines.add("# More names than the " + MAX_SEARCH + " that resolvers read; the last ones may do nothing.");
        }
        lines.add("search " + String.join(" ", search));
        lines.add("options ndots:5");
        return lines;
    }

    private static void addSearch(List<String> search, String namespace, String zone) {
        search.add(namespace + ".svc." + zone);
        search.add("svc." + zone);
        search.add(zone);
    }

    /** A server that listens everywhere is asked on loopback. */
    private static String reachable(String host) {
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "0:0:0:0:0:0:0:0" -> "::1";
            default -> host;
        };
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }
}
