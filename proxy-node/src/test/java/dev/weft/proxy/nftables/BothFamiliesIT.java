package dev.weft.proxy.nftables;

import static dev.weft.proxy.nftables.Pictures.service;
import static dev.weft.proxy.nftables.Pictures.slice;
import static dev.weft.proxy.nftables.Pictures.slicePort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.proxy.Patience;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("a node with a service of both families")
@Timeout(600)
@SuppressWarnings("NullAway.Init")
class BothFamiliesIT {
    private static final String CLIENT = "client";

    private static Hosts hosts;
    private final List<JsonNode> services = new ArrayList<>();
    private final List<JsonNode> slices = new ArrayList<>();
    private TestNode node;

    @BeforeAll
    static void connect(@TempDir Path folder) throws IOException {
        String missing = Hosts.missing();
        assumeThat(missing)
                .as("cannot make network namespaces with nftables here: " + missing)
                .isNull();
        hosts = new Hosts(folder, CLIENT, "one", "two");
        hosts.serve("one", "one", 8080);
        hosts.serve("two", "two", 8080);
    }

    @AfterAll
    static void disconnect() {
        if (hosts != null) {
            hosts.close();
        }
    }

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
        }
        hosts.clear();
    }

    /** Answers by endpoint. */
    private static Map<String, Integer> shares(List<String> answers) {
        Map<String, Integer> shares = new TreeMap<>();
        answers.forEach(answer -> shares.merge(answer.split(" ", -1)[0], 1, Integer::sum));
        return shares;
    }

    @Test
    @DisplayName("listens at addresses of both families that only a route of its own brings to the host, TCP and UDP")
    void bothFamilies() throws Exception {
        node = new TestNode(hosts, "auto");
        declareBothFamilies("'mesh.weft.dev/mode':'userspace'");
        node.apply(services, slices);
        node.await("listeners", status -> status.contains("programmed=[] bound=[both] failed=0 "));
        for (String address : List.of("10.97.0.20", "fd97::20")) {
            for (String from : List.of(CLIENT, Hosts.NODE)) {
                for (String protocol : List.of("tcp", "udp")) {
                    assertThat(shares(hosts.call(from, protocol, address, 80, 4)))
                            .as(protocol + " from " + from + " to " + address)
                            .isEqualTo(Map.of("one", 2, "two", 2));
                }
            }
        }
    }

    @Test
    @DisplayName(
            "takes its routes off when the kernel has taken a service over from listeners, and connections have ended")
    void backToKernel() throws Exception {
        node = new TestNode(
                hosts,
                Hosts.NODE,
                TestNode.onNode("auto") + ", dataplane { drain-deadline=1s, lame-duck=500ms, close-grace=100ms }");
        declareBothFamilies("'mesh.weft.dev/mode':'userspace'");
        node.apply(services, slices);
        node.await("listeners", status -> status.contains("programmed=[] bound=[both] failed=0 "));
        assertThat(hosts.put(Hosts.NODE)).containsExactly("10.97.0.20", "fd97::20");
        Process open = hosts.launch(
                CLIENT,
                "python3",
                "-c",
                "import socket, sys; s = socket.create_connection(('10.97.0.20', 80)); print(s.recv(9)[:3].decode(),"
                        + " flush=True); sys.stdin.read()");
        assertThat(open.inputReader().readLine()).isEqualTo("one");

        services.clear();
        slices.clear();
        declareBothFamilies("");
        node.apply(services, slices);
        node.await("the kernel", status -> status.contains("programmed=[both] bound=[] "));
        Patience.await().until(() -> hosts.put(Hosts.NODE).equals(List.of("10.97.0.20")));
        Patience.await()
                .during(Duration.ofSeconds(3))
                .until(() -> hosts.put(Hosts.NODE).equals(List.of("10.97.0.20")));
        open.destroy();
        Patience.await().until(() -> hosts.put(Hosts.NODE).isEmpty());
        assertThat(shares(hosts.call(CLIENT, "tcp", "10.97.0.20", 80, 2))).isEqualTo(Map.of("one", 1, "two", 1));
        assertThat(shares(hosts.call(CLIENT, "tcp", "fd97::20", 80, 2))).isEqualTo(Map.of("one", 1, "two", 1));
    }

    @Test
    @DisplayName("comes to addresses that it has put on its host from an address of the host's own, while it has that")
    void ownSource() throws Exception {
        node = new TestNode(hosts, Hosts.NODE, TestNode.onNode("auto") + ", host-addresses.check=100ms");
        declareBothFamilies("'mesh.weft.dev/mode':'userspace'");
        node.apply(services, slices);
        node.await("listeners", status -> status.contains("programmed=[] bound=[both] failed=0 "));
        assertThat(ownAddressTowards("10.97.0.20")).as("configured").isEqualTo("10.91.0.1");
        assertThat(ownAddressTowards("fd97::20")).as("of an interface").matches("fd91:[0-2]?:.*1");

        hosts.run(Hosts.NODE, "ip", "address", "del", "10.91.0.1/24", "dev", "to-client");
        try {
            Patience.await().until(() -> !routes().contains("src 10.91.0.1 "));
            assertThat(ownAddressTowards("10.97.0.20")).matches("10\\.91\\.[12]\\.1");
        } finally {
            hosts.run(Hosts.NODE, "ip", "address", "add", "10.91.0.1/24", "dev", "to-client");
        }
        Patience.await().until(() -> routes().contains("src 10.91.0.1 "));
    }

    @Test
    @DisplayName("puts back addresses that somebody has removed from its host, and says once how many")
    void removedAddresses() throws Exception {
        node = new TestNode(hosts, Hosts.NODE, TestNode.onNode("auto") + ", host-addresses.check=100ms");
        declareBothFamilies("'mesh.weft.dev/mode':'userspace'");
        node.apply(services, slices);
        node.await("listeners", status -> status.contains("programmed=[] bound=[both] failed=0 "));
        assertThat(hosts.put(Hosts.NODE)).containsExactly("10.97.0.20", "fd97::20");

        for (String family : List.of("-4", "-6")) {
            hosts.run(Hosts.NODE, "ip", family, "route", "flush", "table", "local", "proto", "119");
            Patience.await().until(() -> hosts.put(Hosts.NODE).equals(List.of("10.97.0.20", "fd97::20")));
        }
        for (String address : List.of("10.97.0.20", "fd97::20")) {
            assertThat(shares(hosts.call(CLIENT, "tcp", address, 80, 4))).isEqualTo(Map.of("one", 2, "two", 2));
        }
        Patience.await().until(() -> losses().size() == 2);
        assertThat(losses())
                .allMatch(line -> line.contains("WARN") && line.contains("removed 1 of the services' 2 addresses"));
    }

    private List<String> losses() throws IOException {
        node.status();
        return node.said().stream().filter(line -> line.contains("removed")).toList();
    }

    private static String routes() {
        return hosts.run(Hosts.NODE, "ip", "route", "show", "table", "local", "proto", "119");
    }

    /** What a listener at the address sees as the client. */
    private static String ownAddressTowards(String address) {
        return hosts.run(
                        Hosts.NODE,
                        "python3",
                        "-c",
                        "import socket; s = socket.create_connection(('" + address
                                + "', 80), 9); s.recv(9); print(s.getsockname()[0])")
                .strip();
    }

    @Test
    @DisplayName(
            "takes the addresses off its host at a stop at which nobody will serve, and leaves those to the kernel")
    void stopped() throws Exception {
        node = new TestNode(hosts, "auto");
        declareBothFamilies("'mesh.weft.dev/mode':'userspace'");
        balanceBy("both", "10.97.1.20");
        services.add(service("led", "", "'clusterIPs':['10.97.0.21'],'ports':[{'name':'t','port':80}]"));
        slices.add(slice("led", slicePort("t", "TCP", 8080), "10.91.1.2"));
        balanceBy("led", "10.97.1.21");
        node.apply(services, slices);
        node.await("both", status -> status.contains("programmed=[led] bound=[both] failed=0 "));
        Patience.await().until(() -> hosts.put(Hosts.NODE).size() == 4);

        node.stop();
        assertThat(hosts.put(Hosts.NODE)).containsExactly("10.97.1.21");
        assertThat(hosts.call(CLIENT, "tcp", "10.97.1.21", 80, 1)).allMatch(answer -> answer.startsWith("one "));
    }

    private void balanceBy(String name, String address) {
        services.stream()
                .filter(service -> service.at("/metadata/name").asText().equals(name))
                .forEach(service -> ((ObjectNode) service)
                        .set("status", Pictures.json("{'loadBalancer':{'ingress':[{'ip':'" + address + "'}]}}")));
    }

    @Test
    @DisplayName("binds no address of IPv6 that is not routed to the host, until it is")
    void notRouted() throws Exception {
        node = new TestNode(hosts, Hosts.NODE, TestNode.onNode("auto") + ", host-addresses.put=off");
        declareBothFamilies("'mesh.weft.dev/mode':'userspace'");
        node.apply(services, slices);
        node.await("nothing bound", status -> status.contains("bound=[] failed=4 "));
        hosts.run(Hosts.NODE, "ip", "-6", "route", "add", "local", "fd97::/64", "dev", "lo");
        try {
            node.await("those of IPv6 bound", status -> status.contains("bound=[both] failed=2 "));
            assertThat(shares(hosts.call(CLIENT, "tcp", "fd97::20", 80, 2))).isEqualTo(Map.of("one", 1, "two", 1));
        } finally {
            hosts.run(Hosts.NODE, "ip", "-6", "route", "del", "local", "fd97::/64", "dev", "lo");
        }
    }

    @Test
    @DisplayName("leads a client to the same endpoint by source-ip-hash, whether the kernel or a listener serves")
    void sameHash() throws Exception {
        List<String> four = new ArrayList<>();
        List<String> six = new ArrayList<>();
        for (int number = 100; number < 148; number++) {
            four.add("10.91.0." + number);
            six.add("fd91:0::" + number);
        }
        four.forEach(each -> hosts.run(CLIENT, "ip", "address", "add", each + "/24", "dev", "eth0"));
        six.forEach(each -> hosts.run(CLIENT, "ip", "address", "add", each + "/64", "dev", "eth0", "nodad"));
        String hash = "'mesh.weft.dev/algorithm':'source-ip-hash'";
        node = new TestNode(hosts, "auto");
        declareBothFamilies(hash + ",'mesh.weft.dev/mode':'userspace'");
        node.apply(services, slices);
        node.await("listeners", status -> status.contains("programmed=[] bound=[both] failed=0 "));
        List<String> listener = endpoints(four, six);
        services.clear();
        slices.clear();
        declareBothFamilies(hash);
        node.apply(services, slices);
        node.await("the kernel", status -> status.contains("programmed=[both] bound=[] "));

        assertThat(endpoints(four, six)).isEqualTo(listener);
        assertThat(listener.subList(0, four.size())).contains("one", "two").doesNotContain("refused");
        assertThat(listener.subList(four.size(), listener.size()))
                .contains("one", "two")
                .doesNotContain("refused");
    }

    /** Whom each of these clients gets. */
    private static List<String> endpoints(List<String> four, List<String> six) {
        return Stream.concat(
                        hosts.callFrom(CLIENT, four, "10.97.0.20", 80).stream(),
                        hosts.callFrom(CLIENT, six, "fd97::20", 80).stream())
                .map(answer -> answer.split(" ", -1)[0])
                .toList();
    }

    /** A service of both families, at addresses of which the host knows nothing by itself. */
    private void declareBothFamilies(String annotations) {
        services.add(service(
                "both",
                annotations,
                "'clusterIPs':['10.97.0.20','fd97::20'],'ports':[{'name':'t','port':80,'protocol':'TCP'},"
                        + "{'name':'u','port':80,'protocol':'UDP'}]"));
        String ports = slicePort("t", "TCP", 8080) + "," + slicePort("u", "UDP", 8080);
        slices.add(slice("both", ports, "10.91.1.2", "10.91.2.2"));
        slices.add(slice("both", ports, "fd91:1::2", "fd91:2::2"));
    }
}
