package dev.weft.proxy.nftables;

import static dev.weft.proxy.nftables.Pictures.service;
import static dev.weft.proxy.nftables.Pictures.slice;
import static dev.weft.proxy.nftables.Pictures.slicePort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("a proxy-node that another one of its host succeeds")
@Timeout(600)
@SuppressWarnings("NullAway.Init")
class SuccessionIT {
    private static final String CLIENT = "client";
    private static final String VIP = "10.97.0.20";
    private static final String LISTENING = "programmed=[] bound=[both] failed=0 ";
    private static final String IN_KERNEL = "programmed=[both] bound=[] ";

    private static final List<JsonNode> SERVICES = List.of(service(
            "both",
            "",
            "'clusterIPs':['" + VIP + "','fd97::20'],'ports':[{'name':'t','port':80},{'name':'l','port':81}]"));
    private static final List<JsonNode> SLICES = List.of(
            slice("both", slicePort("t", "TCP", 8080) + "," + slicePort("l", "TCP", 8082), "10.91.1.2"),
            slice("both", slicePort("t", "TCP", 8080), "fd91:1::2"));

    private static Hosts hosts;

    @TempDir
    private Path folder;

    private TestNode before;
    private TestNode after;

    @BeforeAll
    static void connect(@TempDir Path scripts) throws IOException {
        String missing = Hosts.missing();
        assumeThat(missing)
                .as("cannot make network namespaces with nftables here: " + missing)
                .isNull();
        hosts = new Hosts(scripts, CLIENT, "one");
        hosts.serve("one", "one", 8080);
        hosts.echo("one", "one", 8082);
    }

    @AfterAll
    static void disconnect() {
        if (hosts != null) {
            hosts.close();
        }
    }

    @BeforeEach
    @AfterEach
    void stop() {
        for (TestNode node : new TestNode[] {before, after}) {
            if (node != null) {
                node.close();
            }
        }
        hosts.clear();
    }

    private TestNode start(String mode, String settings) throws IOException {
        TestNode node = new TestNode(
                hosts,
                Hosts.NODE,
                TestNode.onNode(mode) + ", handover=\"" + folder.resolve("socket") + "\"" + settings);
        node.apply(SERVICES, SLICES);
        return node;
    }

    private void begin(String mode, String settings) throws IOException {
        before = start(mode, settings);
        String serves = serves(mode);
        before.await(serves, status -> status.contains(serves));
        Patience.await().until(() -> Files.exists(folder.resolve("socket")));
    }

    private static String serves(String mode) {
        return mode.equals("userspace") ? LISTENING : IN_KERNEL;
    }

    @ParameterizedTest(name = "from {0} to {1}")
    @CsvSource({"userspace,userspace", "userspace,nftables", "nftables,userspace", "nftables,nftables", "userspace,auto"
    })
    @DisplayName("refuses no call meanwhile, in whichever mode each of them serves")
    void refusesNobody(String from, String to) throws Exception {
        begin(from, "");
        for (String address : List.of(VIP, "fd97::20")) {
            assertThat(hosts.call(CLIENT, "tcp", address, 80, 1)).allMatch(answer -> answer.startsWith("one "));
        }
        try (Talk clients = hosts.rush(CLIENT, VIP, 80)) {
            clients.awaitCalls(100);
            after = start(to, "");
            before.stopWhenRelieved();
            assertThat(clients.ask()).as("calls, and what failed").endsWith(" none");
            String serves = serves(to);
            after.await(serves, status -> status.contains(serves));
            clients.awaitCalls(500);
        }
    }

    @Test
    @DisplayName("leaves its addresses on the host when the other serves at them")
    void addressesStay() throws Exception {
        begin("userspace", "");
        after = start("userspace", "");
        before.stopWhenRelieved();
        assertThat(hosts.put(Hosts.NODE)).containsExactly(VIP, "fd97::20");
        assertThat(hosts.call(CLIENT, "tcp", VIP, 80, 1)).allMatch(answer -> answer.startsWith("one "));
    }

    @Test
    @DisplayName("keeps its open connections, though the other serves in the kernel, until they end")
    void openConnectionsStay() throws Exception {
        String deadlines = ", stop-deadline=8s, dataplane { drain-deadline=1s, lame-duck=1s }";
        begin("userspace", deadlines);
        try (Talk held = hosts.hold(CLIENT, VIP, 81)) {
            assertThat(held.ask()).isEqualTo("one 1");
            after = start("auto", deadlines);
            after.await("the kernel", status -> status.startsWith(IN_KERNEL));
            for (int asked = 2; asked < 5; asked++) {
                assertThat(held.ask()).isEqualTo("one " + asked);
            }
        }
        before.stopWhenRelieved();
        Patience.await().until(() -> hosts.put(Hosts.NODE).isEmpty());
    }

    @Test
    @DisplayName("leaves no client out that comes from a port of which the kernel has seen but the end of a connection")
    void portsUsedAgain() throws Exception {
        assumeThat(new ChildCommands(Duration.ofSeconds(60), System.getenv()).has("conntrack"))
                .as("there is no command conntrack here")
                .isTrue();
        begin("userspace", "");
        after = start("nftables", "");
        before.stopWhenRelieved();
        after.await(IN_KERNEL, status -> status.contains(IN_KERNEL));
        List<String> ports = new ArrayList<>();
        for (String state : List.of("ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE")) {
            for (boolean byClient : new boolean[] {true, false}) {
                int port = 21_000 + ports.size();
                ports.add("10.91.0.2@" + port);
                remember(
                        byClient ? "10.91.0.2" : VIP,
                        byClient ? port : 80,
                        byClient ? VIP : "10.91.0.2",
                        byClient ? 80 : port,
                        state);
            }
        }
        assertThat(hosts.callFrom(CLIENT, ports, VIP, 80)).hasSameSizeAs(ports).containsOnly("one 10.91.1.1");
    }

    /** As if the kernel had begun to look when a connection was about to end; its first packet came from there. */
    private static void remember(String from, int fromPort, String to, int toPort, String state) {
        hosts.run(
                Hosts.NODE,
                "conntrack",
                "-I",
                "-p",
                "tcp",
                "--src",
                from,
                "--sport",
                "" + fromPort,
                "--dst",
                to,
                "--dport",
                "" + toPort,
                "--state",
                state,
                "-t",
                "600",
                "-u",
                "SEEN_REPLY");
    }
}
