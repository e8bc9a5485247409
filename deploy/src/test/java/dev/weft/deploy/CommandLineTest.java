package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.deploy.server.ServerSettings;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.IpAddress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The weft command")
class CommandLineTest {
    @TempDir
    private Path directory = Path.of("");

    private record Result(int code, String out, String err) {}

    private static Result weft(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = WeftCommand.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new Result(code, out.toString(), err.toString());
    }

    private Result server(String... furtherArguments) {
        List<String> all = new ArrayList<>(
                List.of("server", "--data", directory.resolve("data").toString()));
        all.addAll(List.of(furtherArguments));
        return weft(all.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server",
                "proxy",
                "run",
                "env",
                "backend",
                "kubeconfig",
                "cordon",
                "status",
                "top",
                "explain",
                "dns",
                "dns query",
                "resolv-conf",
                "demo",
                "completion",
                "version"
            })
    @DisplayName("explains each of its commands with --help")
    void explainsItself(String command) {
        Result result = weft((command + " --help").split(" ", -1));
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("Usage: weft " + command).contains("--help");
        assertThat(result.err()).isEmpty();
    }

    @Test
    @DisplayName("prints its version")
    void printsItsVersion() {
        assertThat(weft("version").out()).startsWith("weft ");
        assertThat(weft("version").code()).isZero();
    }

    @Test
    @DisplayName("prints a completion script that knows the commands")
    void completes() {
        assertThat(weft("completion").out()).contains("kubeconfig", "explain").contains("--clusterset-cidr", "--from");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--cluster East | --cluster East: expected a DNS label",
                "--cluster east --service-cidr 10.0.0.0 | --service-cidr 10.0.0.0: expected a range like",
                "--cluster east --service-cidr 127.96.0.1/16 | did you mean 127.96.0.0/16?",
                "--cluster east --service-cidr 127.96.0.0/30 | expected a prefix from /8 to /28",
                "--cluster east --service-cidr 127.96.0.0/16,fd00:96:: | --service-cidr fd00:96::: expected a range like",
                "--cluster east --service-cidr 127.96.0.0/16,127.96.1.0/24 | 127.96.1.0/24 overlaps with another",
                "--cluster east --clusterset-cidr 127.96.128.0/17 | overlap",
                "--cluster east --service-cidr 127.95.0.0/16,127.112.1.0/24 | 127.112.1.0/24 and --clusterset-cidr",
                "--cluster east --api 0.0.0.0:8001 | listening beyond loopback needs TLS and authentication",
                "--cluster east --api 127.0.0.1 | expected HOST:PORT",
                "--cluster east --node No_Name | --node No_Name: expected a DNS name",
                "--cluster east --zone a/b | --zone a/b: expected a label value",
                "--cluster east --api 127.0.0.1:7001 | both say 127.0.0.1:7001",
                "--cluster east --config /no/such/file | there is no such file",
                "--cluster east --mode fast | --mode fast: it is auto, userspace or nftables",
                "--cluster east --node-port-range 40000 | --node-port-range \"40000\" is no port range like 30000-32767",
                "--cluster east --node-port-range 40000-30000 | --node-port-range ports 40000-30000: want 1 <= first",
                "--cluster east --node-port-range 30000-70000 | want 1 <= first <= last <= 65535",
                "--cluster east --node-port-range 0-100 | want 1 <= first <= last <= 65535",
                "--cluster east --colour red | Unknown option",
                "'' | Missing required option"
            })
    @DisplayName("says in one line what is wrong with the request, and exits with 2")
    void refusesWrongUsage(String arguments, String message) {
        Result result = server(arguments.isBlank() ? new String[0] : arguments.split(" ", -1));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).startsWith("weft: ").contains(message);
        assertThat(result.out()).isEmpty();
    }

    @Test
    @DisplayName("takes several ranges of ClusterIPs, so that Services can be dual-stack")
    void takesSeveralRanges() {
        assertThat(ServerSettings.ranges("127.96.0.0/16,fd00:96::/112,127.97.0.0/16", "127.112.0.0/16"))
                .satisfies(ranges -> assertThat(ranges.serviceCidrs())
                        .extracting(Cidr::toString)
                        .containsExactly("127.96.0.0/16", "fd00:96::/112", "127.97.0.0/16"))
                .satisfies(ranges ->
                        assertThat(ranges.families()).containsExactly(IpAddress.Family.IPv4, IpAddress.Family.IPv6));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run -n Bad_NS -- true | --namespace Bad_NS: expected a DNS label",
                "run --name Bad_Name -- true | --name Bad_Name: expected a DNS name",
                "run --node a/b -- true | --node a/b: expected a DNS name",
                "run --address 999.1.1.1 -- true | --address 999.1.1.1: expected an IP address",
                "run --label a=b/c -- true | --label b/c: expected a label value",
                "run --label /x=b -- true | --label /x: expected a label key",
                "run --port Bad=80 -- true | --port Bad: expected a port name",
                "run --port 0 -- true | expected [NAME=]PORT",
                "run --port a=80 --port a=81 -- true | each needs a name of its own",
                "run --env 1A=b -- true | --env 1A: expected NAME=VALUE",
                "run --drain -1 -- true | --drain and --grace must be 0 or more",
                "run --restart-delay -1 -- true | --restart-delay must be 0 or more",
                "run --api 127.0.0.1:1 --kubeconfig x -- true | leave out --api",
                "proxy --api http://127.0.0.1:1 | give --node NAME",
                "proxy --api http://127.0.0.1:1 --node a --mode fast | --mode fast: it is auto, userspace or nftables",
                "proxy --api http://127.0.0.1:1 --node a --handover /no/such/folder/h | there is no folder /no/such/folder",
                "proxy --api http://127.0.0.1:1 --node a --handover / | --handover /:",
                "proxy --api http://127.0.0.1:1 --node a --handover /etc/passwd | this is no socket; choose another path",
                "run | Missing required parameter",
                "env -n A_B | --namespace A_B: expected a DNS label",
                "resolv-conf --namespace A_B | --namespace A_B: expected a DNS label"
            })
    @DisplayName("says what is wrong with a process or a namespace before it asks any server")
    void refusesWrongProcesses(String arguments, String message) {
        Result result = weft(arguments.split(" ", -1));
        assertThat(result.code()).as(result.err()).isEqualTo(2);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).startsWith("weft: ").contains(message);
        assertThat(result.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "explain | Missing required parameter",
                "explain Web | SERVICE Web: expected a DNS label",
                "explain shop/ | SERVICE : expected a DNS label",
                "explain Shop/web | the namespace of SERVICE Shop: expected a DNS label",
                "explain web:0 | expected a port's name, or a number from 1 to 65535",
                "explain web:99999 | expected a port's name, or a number from 1 to 65535",
                "explain web.shop.svc.example.org | a name that ends in svc.cluster.local, svc.clusterset.local",
                "explain web.svc.cluster.local | NAME.NAMESPACE.svc before the zone",
                "explain web -n A_B | --namespace A_B: expected a DNS label",
                "explain web --from a/b | --from a/b: expected a DNS name",
                "explain web -o table | Invalid value for option '--output'",
                "explain web --config /no/such/file | there is no such file",
                "explain web --api http://127.0.0.1:1 --kubeconfig x | leave out --api",
                "explain web other | Unmatched argument"
            })
    @DisplayName("says what is wrong with a service that is to be explained before it asks any server")
    void refusesWrongExplanations(String arguments, String message) {
        Result result = weft(arguments.split(" ", -1));
        assertThat(result.code()).as(result.err()).isEqualTo(2);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).startsWith("weft: ").contains(message);
        assertThat(result.out()).isEmpty();
    }

    @Test
    @DisplayName("says in one line that a server cannot be reached, and exits with 1")
    void saysThatNobodyAnswers() {
        for (String command : List.of("status", "kubeconfig", "explain web")) {
            List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
            words.addAll(List.of("--api", "http://127.0.0.1:1"));
            Result result = weft(words.toArray(String[]::new));
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err().lines()).hasSize(1);
            assertThat(result.err()).contains("cannot reach http://127.0.0.1:1");
        }
    }

    @Test
    @DisplayName("names a data directory that cannot be made, and exits with 1")
    void namesTheUnusableDataDirectory() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "not a directory");
        Result result = weft(
                "server",
                "--cluster",
                "east",
                "--data",
                file.resolve("data").toString(),
                "--api",
                "127.0.0.1:0",
                "--gossip",
                "127.0.0.1:0");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).contains(file.toString()).contains("--data DIR");
    }

    @Test
    @DisplayName("renders one context for each cluster, the first one current")
    void rendersKubeconfig() {
        String text = KubeconfigCommand.render(List.of(
                new KubeconfigCommand.Context("east", java.net.URI.create("http://127.0.0.1:8001")),
                new KubeconfigCommand.Context("west", java.net.URI.create("http://127.0.0.1:8002"))));
        assertThat(text)
                .contains("server: http://127.0.0.1:8002", "cluster: west", "current-context: east")
                .doesNotContain("\t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dns query web NONSENSE | TYPE NONSENSE: expected a type of records",
                "dns query web..example | NAME web..example: expected a name of DNS",
                "dns query web A --server nowhere | expected HOST:PORT",
                "dns | no command given",
                "resolv-conf --dns off | there is no DNS server to ask",
                "resolv-conf --dns 127.0.0.1 | HOST:PORT",
            })
    @DisplayName("says in one line what is wrong with a question of DNS, and exits with 2")
    void refusesWrongQuestions(String arguments, String message) {
        Result result = weft(arguments.split(" ", -1));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).startsWith("weft: ").contains(message);
    }

    @Test
    @DisplayName("prints a resolv.conf for a server on port 53 without a word on ports")
    void resolvConf() {
        assertThat(directives(weft("resolv-conf", "--dns", "127.0.0.53:53", "--namespace", "shop")))
                .containsExactly(
                        "nameserver 127.0.0.53",
                        "search shop.svc.cluster.local svc.cluster.local cluster.local",
                        "options ndots:5");
        assertThat(weft("resolv-conf", "--dns", "127.0.0.53:53").out()).doesNotContain("CAP_NET_BIND_SERVICE");
    }

    @Test
    @DisplayName("says in a resolv.conf that it cannot name a port, and takes zones from the configuration")
    void resolvConfWithPort() throws Exception {
        Path file = Files.writeString(
                directory.resolve("weft.conf"),
                "weft.proxy.dns { listen = \"[::]:1053\", zones = [a.example, b.example], clusterset-zone = set.example }");
        Result result = weft("resolv-conf", "--config", file.toString(), "--clusterset");
        assertThat(directives(result))
                .containsExactly(
                        "nameserver ::1",
                        "search default.svc.a.example svc.a.example a.example default.svc.b.example svc.b.example"
                                + " b.example default.svc.set.example svc.set.example set.example",
                        "options ndots:5");
        assertThat(result.out())
                .contains("# It answers on port 1053", "--dns [::1]:53", "More names than the 6 that resolvers read");
    }

    private static List<String> directives(Result result) {
        assertThat(result.code()).isZero();
        return result.out().lines().filter(line -> !line.startsWith("#")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:9", "http://127.0.0.1:9", "http://127.0.0.1:9/metrics"})
    @DisplayName("takes the metrics of a proxy-node by address, and as its log says where they are")
    void metricsUrl(String text) {
        assertThat(new MetricsUrlConverter().convert(text)).hasToString("http://127.0.0.1:9");
    }
}
