package dev.weft.proxy.nftables;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.nftables.HostCases.Call;
import dev.weft.proxy.nftables.HostCases.Case;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every service is there for the whole class, once for each mode: the proxy-nodes start once. */
@DisplayName("three hosts on a bridge, a proxy-node on each")
@Timeout(600)
@SuppressWarnings("NullAway.Init")
class ThreeHostsIT {
    private static final String CLIENT = "client";
    private static final List<String> NODES = List.of("a", "b", "c");

    private static Hosts hosts;
    private static final Map<String, TestNode> nodes = new LinkedHashMap<>();

    @BeforeAll
    static void connect(@TempDir Path folder) throws IOException {
        String missing = Hosts.missing();
        assumeThat(missing)
                .as("cannot make network namespaces with nftables here: " + missing)
                .isNull();
        hosts = Hosts.sideBySide(folder, "a", "b", "c", CLIENT);
        for (String host : NODES) {
            hosts.serve(host, host, 8080);
            nodes.put(
                    host,
                    new TestNode(
                            hosts,
                            host,
                            "mode=auto, node=" + host + ", zone=zone-" + host
                                    + ", outlier { consecutive-failures=2, base-ejection=1s, max-ejection=1s }"
                                    + ", dataplane { connect-timeout=2s, node-addresses=[\""
                                    + HostCases.address(host) + "\"] }"));
        }
        List<JsonNode> services = new ArrayList<>();
        List<JsonNode> slices = new ArrayList<>();
        for (String mode : HostCases.MODES) {
            HostCases.ALL.forEach(each -> {
                services.add(each.service(mode));
                slices.addAll(each.slices(mode));
            });
        }
        for (TestNode node : nodes.values()) {
            node.apply(services, slices);
        }
        for (TestNode node : nodes.values()) {
            node.await(
                    "every service served as it asks to be",
                    status -> HostCases.ALL.stream().allMatch(each -> each.served(status))
                            && status.contains("failed=0 "));
        }
    }

    @AfterAll
    static void disconnect() {
        nodes.values().forEach(TestNode::close);
        if (hosts != null) {
            hosts.close();
        }
    }

    static Stream<Arguments> cases() {
        return HostCases.ALL.stream()
                .filter(each -> !each.calls().isEmpty())
                .flatMap(each -> HostCases.MODES.stream().map(mode -> Arguments.of(each, mode)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    @DisplayName("give the same answers in both modes")
    void sameAnswers(Case each, String mode) {
        for (Call call : each.calls()) {
            String target = each.target(call, mode);
            assertThat(ask(call, target))
                    .as(each + ": " + call + " by " + target)
                    .isEqualTo(call.expected());
        }
    }

    /** What came, in the words of {@link Call#expected}. */
    private static String ask(Call call, String target) {
        String address = target.substring(0, target.indexOf(':'));
        int port = Integer.parseInt(target.substring(target.indexOf(':') + 1));
        if (call.expected().equals("nothing")) {
            String answer = hosts.callInVain(call.from(), address, port);
            return answer.equals("silent") || answer.equals("refused") ? "nothing" : answer;
        }
        List<String> answers = hosts.call(call.from(), call.protocol(), address, port, call.count());
        if (answers.stream().allMatch("refused"::equals)) {
            return "refused";
        }
        Map<String, Integer> shares = shares(answers);
        if (call.expected().equals("one")) {
            return shares.size() == 1 ? "one" : shares.toString();
        }
        StringBuilder said = new StringBuilder();
        shares.forEach((name, count) ->
                said.append(said.length() == 0 ? "" : " ").append(name).append(count));
        return said.toString();
    }

    private static Map<String, Integer> shares(List<String> answers) {
        Map<String, Integer> shares = new TreeMap<>();
        answers.forEach(answer -> shares.merge(answer.split(" ", -1)[0], 1, Integer::sum));
        return shares;
    }

    @Test
    @DisplayName("lead a client to the same endpoint by its address, whichever host it comes to")
    void hostsAgree() {
        for (String mode : HostCases.MODES) {
            List<String> answers = new ArrayList<>();
            for (String host : NODES) {
                answers.addAll(shares(callNode(HostCases.HASHED, mode, host, 3)).keySet());
            }
            assertThat(answers.stream().distinct()).as(mode + ": " + answers).hasSize(1);
        }
    }

    @Test
    @DisplayName("keep the source address by the policy Local in the kernel, and answer from the host otherwise")
    void sourceAddress() {
        String client = " " + HostCases.address(CLIENT);
        assertThat(callNode(HostCases.LOCAL, "nftables", "a", 2)).containsOnly("a" + client);
        assertThat(callNode(HostCases.LOCAL, "nftables", "b", 2)).containsOnly("b" + client);
        assertThat(callNode(HostCases.LOCAL, "userspace", "a", 2))
                .as("a listener's own connection")
                .containsOnly("a " + HostCases.address("a"));
        assertThat(callNode(HostCases.TURNS, "nftables", "a", 3))
                .as("other hosts' answers must come back the same way")
                .contains("b " + HostCases.address("a"), "c " + HostCases.address("a"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"failures of connections", "checks from the data path"})
    @DisplayName("go on when packets from one to another are lost: what cannot be reached is out by")
    void oneWay(String means) {
        Case service = means.startsWith("failures") ? HostCases.TURNS : HostCases.CHECKED;
        Map<String, Integer> all = Map.of("a", 2, "b", 2, "c", 2);
        await().until(() -> shares(callNode(service, "userspace", "a", 6)).equals(all));

        loseFromAtoB();
        try {
            assertThat(callNode(service, "userspace", "a", 6))
                    .as("tried elsewhere")
                    .hasSize(6)
                    .allMatch(answer -> answer.matches("[ac] .*"));
            await().until(() -> sharesOfSix(service, "a").equals(Map.of("a", 3, "c", 3)));
            await().alias("b sends, but what a answers is lost")
                    .until(() -> sharesOfSix(service, "b").equals(Map.of("b", 3, "c", 3)));
            assertThat(shares(callNode(service, "userspace", "c", 6)))
                    .as("the third host")
                    .isEqualTo(all);
        } finally {
            hosts.run("b", "nft", "delete", "table", "ip", "cut");
        }
        await().until(() -> sharesOfSix(service, "a").equals(all));
        await().until(() -> sharesOfSix(service, "b").equals(all));
    }

    @Test
    @DisplayName(
            "lose in the kernel, which tries nothing twice, what is led the way on which packets are lost, and nothing else")
    void oneWayInKernel() {
        loseFromAtoB();
        try {
            assertThat(shares(callSome("a")))
                    .as("b hears nothing of it")
                    .isEqualTo(Map.of("a", 1, "c", 1, "silent", 1));
            assertThat(shares(callSome("b")))
                    .as("what a answers is lost")
                    .isEqualTo(Map.of("b", 1, "c", 1, "silent", 1));
            assertThat(shares(callNode(HostCases.TURNS, "nftables", "c", 6)))
                    .as("the third host")
                    .isEqualTo(Map.of("a", 2, "b", 2, "c", 2));
        } finally {
            hosts.run("b", "nft", "delete", "table", "ip", "cut");
        }
        for (String host : NODES) {
            assertThat(shares(callNode(HostCases.TURNS, "nftables", host, 3)))
                    .as(host + " again")
                    .isEqualTo(Map.of("a", 1, "b", 1, "c", 1));
        }
    }

    /** The other way packets go on. */
    private static void loseFromAtoB() {
        hosts.run("b", "nft", "add", "table", "ip", "cut");
        hosts.run("b", "nft", "add", "chain", "ip", "cut", "in", "{ type filter hook prerouting priority -300; }");
        hosts.run("b", "nft", "add", "rule", "ip", "cut", "in", "ip", "saddr", HostCases.address("a"), "drop");
    }

    private static List<String> callSome(String host) {
        return hosts.callSome(CLIENT, HostCases.address(host), HostCases.TURNS.nodePort("nftables"), 3);
    }

    private static Map<String, Integer> sharesOfSix(Case service, String host) {
        return shares(callNode(service, "userspace", host, 6));
    }

    /** What the client gets at a host's node port. */
    private static List<String> callNode(Case service, String mode, String host, int count) {
        return hosts.call(CLIENT, "tcp", HostCases.address(host), service.nodePort(mode), count);
    }
}
