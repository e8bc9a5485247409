package dev.weft.proxy.nftables;

import static dev.weft.proxy.nftables.Pictures.service;
import static dev.weft.proxy.nftables.Pictures.slice;
import static dev.weft.proxy.nftables.Pictures.slicePort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.proxy.Patience;
import dev.weft.proxy.view.ServicePicture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("a node between hosts")
@Timeout(600)
@SuppressWarnings("NullAway.Init")
class KernelModeIT {
    private static final String VIP = "10.96.0.10";
    private static final String NODE_PORT_ADDRESS = "10.91.0.1";
    private static final String CLIENT = "client";
    /** Of a datagram over IPv4 (bytes). */
    private static final long HEADERS = 20 + 8;

    /** Hosts by name, in the order of their networks; endpoints serve at port 8080. */
    private static final String[] OTHERS = {CLIENT, "one", "two", "three"};

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
        hosts = new Hosts(folder, OTHERS);
        for (String host : List.of("one", "two", "three")) {
            hosts.serve(host, host, 8080);
        }
        hosts.serve(Hosts.NODE, "host", 8081);
        hosts.echo("one", "one", 8082);
        hosts.echo("two", "two", 8082);
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

    private void start(String mode) throws IOException {
        node = new TestNode(hosts, mode);
    }

    private void declare(String name, String vip, String annotations, String more, String... endpoints) {
        services.add(service(
                name,
                annotations,
                "'clusterIPs':['" + vip + "'],'ports':[{'name':'t','port':80,'protocol':'TCP'"
                        + (more.contains("NodePort") ? ",'nodePort':30080" : "")
                        + "},{'name':'u','port':80,'protocol':'UDP'}]" + more));
        slices.add(slice(
                name,
                slicePort("t", "TCP", 8080) + "," + slicePort("u", "UDP", 8080),
                Arrays.stream(endpoints).map(KernelModeIT::endpoint).toArray(String[]::new)));
    }

    /** {@code one@node-1} becomes {@code 10.91.1.2@node-1}. */
    private static String endpoint(String text) {
        for (int number = 1; number < OTHERS.length; number++) {
            if (text.startsWith(OTHERS[number])) {
                return "10.91." + number + ".2" + text.substring(OTHERS[number].length());
            }
        }
        return text;
    }

    private void serve(String mode) throws IOException {
        node.apply(services, slices);
        List<String> names = services.stream()
                .map(service -> service.path("metadata").path("name").asText())
                .sorted()
                .toList();
        List<String> listening = services.stream()
                .filter(service -> service.path("spec").path("ports").path(0).has("nodePort"))
                .map(service -> service.path("metadata").path("name").asText())
                .toList(); // for their node ports on loopback
        String wanted =
                mode.equals("userspace") ? "bound=" + names + " " : "programmed=" + names + " bound=" + listening + " ";
        node.await("every service served by " + mode, status -> status.contains(wanted) && status.contains("failed=0"));
    }

    private List<String> call(String host, String address, int port, int count) {
        return hosts.call(host, "tcp", address, port, count);
    }

    /** Answers by endpoint. */
    private static Map<String, Integer> shares(List<String> answers) {
        Map<String, Integer> shares = new TreeMap<>();
        answers.forEach(answer -> shares.merge(answer.split(" ", -1)[0], 1, Integer::sum));
        return shares;
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"userspace", "nftables"})
    @DisplayName("gives the same answers in both modes")
    void sameAnswers(String mode) throws Exception {
        start(mode);
        declare("turns", VIP, "", ",'type':'NodePort'", "one@node-1", "two@node-2", "three");
        declare("none", "10.96.0.11", "", "");
        declare("weighed", "10.96.0.12", "'mesh.weft.dev/algorithm':'weighted-round-robin'", "", "one*3");
        slices.add(slice("weighed", slicePort("t", "TCP", 8080), "10.91.2.2*1"));
        declare(
                "sticky",
                "10.96.0.13",
                "'mesh.weft.dev/algorithm':'random'",
                ",'sessionAffinity':'ClientIP'",
                "one",
                "two",
                "three");
        declare("hashed", "10.96.0.14", "'mesh.weft.dev/algorithm':'source-ip-hash'", "", "one", "two", "three");
        declare("inside", "10.96.0.15", "", ",'internalTrafficPolicy':'Local'", "one@node-1", "two@node-2");
        declare("single", "10.96.0.16", "", "", "two");
        declare("chance", "10.96.0.17", "'mesh.weft.dev/algorithm':'random'", "", "one", "three");
        serve(mode);

        TreeMap<String, Integer> three = new TreeMap<>(Map.of("one", 3, "two", 3, "three", 3));
        assertThat(shares(call(CLIENT, VIP, 80, 9))).isEqualTo(three);
        assertThat(shares(call(Hosts.NODE, VIP, 80, 9)))
                .as("from the node itself")
                .isEqualTo(three);
        assertThat(shares(call("one", VIP, 80, 9)))
                .as("from an endpoint, also to itself")
                .isEqualTo(three);
        assertThat(shares(call(CLIENT, NODE_PORT_ADDRESS, 30080, 9)))
                .as("node port")
                .isEqualTo(three);
        assertThat(shares(call(Hosts.NODE, "127.0.0.1", 30080, 9)))
                .as("node port on loopback")
                .isEqualTo(three);
        assertThat(shares(hosts.call(CLIENT, "udp", VIP, 80, 9)))
                .as("datagrams")
                .isEqualTo(three);
        assertThat(call(CLIENT, "10.96.0.11", 80, 2)).containsOnly("refused");
        assertThat(call(Hosts.NODE, "10.96.0.11", 80, 2)).containsOnly("refused");
        assertThat(call(CLIENT, VIP, 81, 1)).as("a port that no service has").containsOnly("refused");
        assertThat(shares(call(CLIENT, "10.96.0.12", 80, 8))).isEqualTo(Map.of("one", 6, "two", 2));
        assertThat(shares(call(CLIENT, "10.96.0.13", 80, 12))).hasSize(1);
        assertThat(shares(call(CLIENT, "10.96.0.14", 80, 12))).hasSize(1);
        assertThat(shares(call(CLIENT, "10.96.0.15", 80, 4))).isEqualTo(Map.of("one", 4));
        assertThat(shares(call(CLIENT, "10.96.0.16", 80, 4))).isEqualTo(Map.of("two", 4));
        assertThat(shares(call(CLIENT, "10.96.0.17", 80, 64)).keySet()).containsExactly("one", "three");
    }

    @Test
    @DisplayName("keeps the source address by the policy Local, and serves datagrams, IPv6, source ranges and drops")
    void kernelOnly() throws Exception {
        start("nftables");
        declare("local", VIP, "", ",'type':'NodePort','externalTrafficPolicy':'Local'", "one@node-1", "two@node-2");
        declare("away", "10.96.0.11", "", ",'internalTrafficPolicy':'Local'", "two@node-2");
        services.add(service("six", "", "'clusterIPs':['fd96::6'],'ports':[{'port':80}]"));
        slices.add(slice("six", slicePort("", "TCP", 8080), "fd91:1::2", "fd91:2::2"));
        services.add(Pictures.json("{'metadata':{'namespace':'default','name':'ranged'},'spec':{'type':'LoadBalancer',"
                + "'clusterIPs':['10.96.0.12'],'ports':[{'port':80}],'loadBalancerSourceRanges':['10.91.0.0/24']},"
                + "'status':{'loadBalancer':{'ingress':[{'ip':'10.96.200.1'}]}}}"));
        slices.add(slice("ranged", slicePort("", "TCP", 8080), "10.91.3.2"));
        serve("nftables");

        assertThat(call(CLIENT, NODE_PORT_ADDRESS, 30080, 4)).containsOnly("one 10.91.0.2");
        assertThat(call(CLIENT, VIP, 80, 4))
                .as("masqueraded")
                .containsExactlyInAnyOrder("one 10.91.1.1", "one 10.91.1.1", "two 10.91.2.1", "two 10.91.2.1");
        assertThat(call("one", VIP, 80, 4))
                .as("a Pod, and the Pod that is led to itself")
                .containsExactlyInAnyOrder("one 10.91.1.1", "one 10.91.1.1", "two 10.91.1.2", "two 10.91.1.2");
        assertThat(shares(hosts.call(CLIENT, "udp", VIP, 80, 4))).isEqualTo(Map.of("one", 2, "two", 2));
        assertThat(shares(call(CLIENT, "fd96::6", 80, 4))).isEqualTo(Map.of("one", 2, "two", 2));
        assertThat(shares(call(CLIENT, "10.96.200.1", 80, 2))).isEqualTo(Map.of("three", 2));
        assertThat(hosts.callInVain("one", "10.96.200.1", 80)).isEqualTo("silent");
        assertThat(hosts.callInVain(CLIENT, "10.96.0.11", 80)).isEqualTo("silent");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"userspace", "nftables"})
    @DisplayName("leads nothing to a cordoned cluster, nor to one of weight 0, in both modes, and back again")
    void cordoned(String mode) throws Exception {
        start(mode);
        declare("web", VIP, "", "", "one");
        JsonNode theirs = slice("web-west", slicePort("t", "TCP", 8080), endpoint("two"));
        ((ObjectNode) theirs.at("/metadata/labels"))
                .put("kubernetes.io/service-name", "web")
                .put("multicluster.kubernetes.io/source-cluster", "west");
        slices.add(theirs);
        serve(mode);
        assertThat(shares(call(CLIENT, VIP, 80, 4))).isEqualTo(Map.of("one", 2, "two", 2));

        services.add(Pictures.json("{'metadata':{'namespace':'kube-system','name':'weft-traffic','annotations':"
                + "{'mesh.weft.dev/cordoned-clusters':'west'}},'spec':{'clusterIP':'None'}}"));
        node.apply(services, slices);
        Patience.await().until(() -> shares(call(CLIENT, VIP, 80, 4)).equals(Map.of("one", 4)));
        services.remove(1);
        node.apply(services, slices);
        Patience.await().until(() -> shares(call(CLIENT, VIP, 80, 4)).equals(Map.of("one", 2, "two", 2)));

        ((ObjectNode) services.get(0).at("/metadata/annotations")).put("mesh.weft.dev/zone-weights", "a=1");
        ((ObjectNode) theirs.at("/metadata/annotations")).put("mesh.weft.dev/weights", "10.91.2.2=0");
        node.apply(services, slices);
        Patience.await().until(() -> shares(call(CLIENT, VIP, 80, 4)).equals(Map.of("one", 4)));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"userspace", "nftables"})
    @DisplayName("leads its own connections, and those of its Pods, to all endpoints of a Local service (KP-1)")
    void shortWay(String mode) throws Exception {
        start(mode);
        declare("local", VIP, "", ",'type':'NodePort','externalTrafficPolicy':'Local'", "one@node-1", "two@node-2");
        declare("away", "10.96.0.11", "", ",'externalIPs':['10.91.3.1'],'externalTrafficPolicy':'Local'", "two@node-2");
        serve(mode);
        Map<String, Integer> both = Map.of("one", 2, "two", 2);
        assertThat(shares(call(CLIENT, NODE_PORT_ADDRESS, 30080, 4))).isEqualTo(Map.of("one", 4));
        assertThat(shares(call(Hosts.NODE, NODE_PORT_ADDRESS, 30080, 4)))
                .as("the host's own")
                .isEqualTo(both);
        assertThat(shares(call("one", NODE_PORT_ADDRESS, 30080, 4)))
                .as("a Pod's, to itself too")
                .isEqualTo(both);
        assertThat(shares(call(Hosts.NODE, "10.91.3.1", 80, 2))).isEqualTo(Map.of("two", 2));
        assertThat(shares(hosts.call(Hosts.NODE, "udp", "10.91.3.1", 80, 2))).isEqualTo(Map.of("two", 2));
        assertThat(hosts.callInVain(CLIENT, "10.91.3.1", 80)).isEqualTo(mode.equals("nftables") ? "silent" : "refused");
    }

    @Test
    @DisplayName("moves services between the kernel and listeners while the kernel follows endpoints")
    void moves() throws Exception {
        node = new TestNode(hosts, Hosts.NODE, TestNode.onNode("auto") + ", nftables.check=200ms");
        declare("web", VIP, "", "", "one");
        serve("nftables");
        assertThat(shares(call(CLIENT, VIP, 80, 2))).isEqualTo(Map.of("one", 2));

        slices.set(0, slice("web", slicePort("t", "TCP", 8080), "10.91.2.2", "10.91.3.2"));
        node.apply(services, slices);
        node.await("the change", status -> status.contains("transactions=2 "));
        assertThat(shares(call(CLIENT, VIP, 80, 4))).isEqualTo(Map.of("two", 2, "three", 2));

        services.set(
                0,
                service(
                        "web",
                        "'mesh.weft.dev/mode':'userspace'",
                        "'clusterIPs':['" + VIP + "'],'ports':[{'name':'t','port':80}]"));
        serve("userspace");
        node.await("the kernel's rules to go", status -> status.startsWith("programmed=[]"));
        awaitNoTable();
        assertThat(shares(call(CLIENT, VIP, 80, 4))).isEqualTo(Map.of("two", 2, "three", 2));

        services.set(
                0,
                service(
                        "web",
                        "'mesh.weft.dev/algorithm':'random'",
                        "'clusterIPs':['" + VIP + "'],'ports':[{'name':'t','port':80}]"));
        serve("nftables");
        assertThat(call(CLIENT, VIP, 80, 4)).doesNotContain("refused");
    }

    private static void awaitNoTable() {
        Patience.await()
                .alias("the table to go")
                .until(() -> !hosts.run(Hosts.NODE, "nft", "list", "tables").contains("weft"));
    }

    @ParameterizedTest(name = "restarted: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("cuts no open connection when the last service leaves the kernel; its table goes when none is left")
    void lastLeaves(boolean restarted) throws Exception {
        String check = ", nftables.check=200ms";
        node = new TestNode(hosts, Hosts.NODE, TestNode.onNode("auto") + check);
        services.add(service("web", "", "'clusterIPs':['" + VIP + "'],'ports':[{'port':80}]"));
        slices.add(slice("web", slicePort("", "TCP", 8082), "10.91.1.2"));
        serve("nftables");
        Talk held = hosts.hold(CLIENT, VIP, 80);
        assertThat(held.ask()).isEqualTo("one 1");

        if (restarted) {
            node.kill();
            node = new TestNode(hosts, Hosts.NODE, TestNode.onNode("userspace") + check);
        } else {
            ((ObjectNode) services.get(0).at("/metadata"))
                    .putObject("annotations")
                    .put("mesh.weft.dev/mode", "userspace");
        }
        serve("userspace");
        Patience.await()
                .until(() -> !hosts.run(Hosts.NODE, "nft", "list", "map", "inet", "weft", "services/4")
                        .contains(VIP));
        int[] asked = {1};
        Patience.await().during(Duration.ofSeconds(2)).until(() -> held.ask().equals("one " + ++asked[0]));

        held.close();
        awaitNoTable();
    }

    @Test
    @DisplayName(
            "leaves traffic flowing when it is killed, and goes on from what stands in the kernel, affinity included")
    void killed() throws Exception {
        hosts.run(
                Hosts.NODE,
                "sh",
                "-c",
                "nft add table ip other; nft add chain ip other mine; nft add rule ip other mine"
                        + " ip saddr 192.0.2.1 counter drop");
        String others = hosts.run(Hosts.NODE, "nft", "-a", "list", "table", "ip", "other");
        start("nftables");
        declare(
                "sticky",
                VIP,
                "'mesh.weft.dev/algorithm':'random'",
                ",'sessionAffinity':'ClientIP'",
                "one",
                "two",
                "three");
        declare("going", "10.96.0.11", "", "", "one");
        declare("staying", "10.96.0.12", "", "", "one", "two");
        serve("nftables");
        String first = call(CLIENT, VIP, 80, 1).get(0);
        String chains = chains();

        node.kill();
        assertThat(call(CLIENT, VIP, 80, 3)).containsOnly(first);
        assertThat(shares(call(CLIENT, "10.96.0.12", 80, 4))).isEqualTo(Map.of("one", 2, "two", 2));

        services.remove(1);
        slices.remove(1);
        start("nftables");
        serve("nftables");
        assertThat(call(CLIENT, VIP, 80, 6)).as("after the restart").containsOnly(first);
        assertThat(chains()).as("chains, by their handles").isEqualTo(chains);
        node.await("the kernel's count of connections", status -> status.contains("led={staying=4, sticky=10}"));
        assertThat(hosts.run(Hosts.NODE, "nft", "list", "map", "inet", "weft", "services/4"))
                .contains("10.96.0.12 . tcp . 80")
                .doesNotContain("10.96.0.11");
        assertThat(hosts.run(Hosts.NODE, "nft", "-a", "list", "table", "ip", "other"))
                .isEqualTo(others);

        assertThat(node.cleanUp()).contains("removed=true", "problem=]");
        assertThat(node.cleanUp()).contains("removed=false", "problem=]");
        assertThat(hosts.run(Hosts.NODE, "nft", "list", "tables").strip()).isEqualTo("table ip other");
        hosts.run(Hosts.NODE, "nft", "delete", "table", "ip", "other");
    }

    @Test
    @DisplayName(
            "has the addresses of load balancers and of listeners while they are wanted, and no other's are touched")
    void addresses() throws Exception {
        hosts.run(Hosts.NODE, "ip", "route", "add", "local", "10.97.0.1/32", "dev", "lo");
        start("auto");
        declare("kernel", VIP, "", ",'type':'LoadBalancer'", "one");
        ((ObjectNode) services.get(0)).set("status", balancer("10.97.200.1"));
        declare("listening", "10.97.0.9", "'mesh.weft.dev/mode':'userspace'", "", "two");
        node.apply(services, slices);
        Patience.await().until(() -> put().equals(List.of("10.97.0.9", "10.97.200.1")));
        Patience.await()
                .until(() -> shares(call(Hosts.NODE, "10.97.0.9", 80, 2)).equals(Map.of("two", 2)));
        assertThat(shares(call(CLIENT, "10.97.200.1", 80, 2))).isEqualTo(Map.of("one", 2));

        ((ObjectNode) services.get(0)).set("status", balancer("10.97.200.2"));
        node.apply(services, slices);
        Patience.await().until(() -> put().equals(List.of("10.97.0.9", "10.97.200.2")));

        node.kill();
        assertThat(put()).as("a crash leaves them").hasSize(2);
        services.remove(1);
        start("auto");
        node.apply(services, slices);
        Patience.await().until(() -> put().equals(List.of("10.97.200.2")));
        node.cleanUp();
        assertThat(put()).isEmpty();
        assertThat(hosts.run(Hosts.NODE, "ip", "route", "show", "table", "local"))
                .contains("local 10.97.0.1 dev lo");
    }

    private static JsonNode balancer(String address) {
        return Pictures.json("{'loadBalancer':{'ingress':[{'ip':'" + address + "'}]}}");
    }

    private static List<String> put() {
        return hosts.put(Hosts.NODE);
    }

    @Test
    @DisplayName("makes its table anew when somebody has broken it, and leaves that of another node alone")
    void broken() throws Exception {
        start("nftables");
        declare("web", VIP, "'mesh.weft.dev/algorithm':'random'", "", "one", "two");
        serve("nftables");
        hosts.run(Hosts.NODE, "nft", "flush", "map", "inet", "weft", "endpoints/4/tcp");
        slices.set(0, slice("web", slicePort("t", "TCP", 8080), "10.91.3.2"));
        node.apply(services, slices);
        node.await("a table made anew", status -> status.contains("failures=1") && status.contains("transactions=2 "));
        assertThat(shares(call(CLIENT, VIP, 80, 2))).isEqualTo(Map.of("three", 2));
        node.close();

        hosts.run(Hosts.NODE, "nft", "delete", "chain", "inet", "weft", "owner/node-1");
        hosts.run(Hosts.NODE, "nft", "add", "chain", "inet", "weft", "owner/node-9");
        String before = timelessTable();
        start("nftables");
        node.apply(services, slices);
        node.await("userspace", status -> status.contains("bound=[web]") && status.contains("node-9"));
        assertThat(timelessTable()).isEqualTo(before);
    }

    @Test
    @DisplayName("leaves the table alone that another process of its name programs, and has it when that has ended")
    void secondProcess() throws Exception {
        String settings = TestNode.onNode("nftables") + ", nftables.check=200ms";
        node = new TestNode(hosts, Hosts.NODE, settings);
        declare("web", VIP, "", "", "one");
        serve("nftables");
        try (TestNode second = new TestNode(hosts, Hosts.NODE, settings)) {
            second.apply(services, List.of(slice("web", slicePort("t", "TCP", 8080), "10.91.3.2")));
            second.await("no use of the table", status -> status.contains("is programmed by process "));
            assertThat(shares(call(CLIENT, VIP, 80, 2))).isEqualTo(Map.of("one", 2));
            slices.set(0, slice("web", slicePort("t", "TCP", 8080), "10.91.2.2"));
            node.apply(services, slices);
            node.await("the change", status -> status.contains("transactions=2 failures=0"));
            assertThat(shares(call(CLIENT, VIP, 80, 2))).isEqualTo(Map.of("two", 2));

            node.kill();
            second.await("the table", status -> status.startsWith("programmed=[web]"));
            assertThat(shares(call(CLIENT, VIP, 80, 2))).isEqualTo(Map.of("three", 2));
        }
    }

    @ParameterizedTest(name = "nft {0}")
    @ValueSource(strings = {"flush table inet weft", "flush ruleset"})
    @DisplayName("is back by itself when somebody has emptied or removed its table")
    void flushed(String done) throws Exception {
        node = new TestNode(hosts, Hosts.NODE, TestNode.onNode("nftables") + ", nftables.check=200ms");
        declare("web", VIP, "", "", "one", "two");
        serve("nftables");
        assertThat(shares(call(CLIENT, VIP, 80, 2))).isEqualTo(Map.of("one", 1, "two", 1));

        hosts.run(Hosts.NODE, "nft", done);
        node.await("a table made anew", status -> status.contains("transactions=2 failures=0"));
        assertThat(shares(call(CLIENT, VIP, 80, 4))).isEqualTo(Map.of("one", 2, "two", 2));
        assertThat(hosts.run(Hosts.NODE, "nft", "list", "chain", "inet", "weft", "owner/node-1"))
                .as("what is looked at, as nft prints it")
                .contains("return comment");
    }

    /** The kernel's own elements tell how long they will yet be kept. */
    private static String timelessTable() {
        return hosts.run(Hosts.NODE, "nft", "-a", "list", "table", "inet", "weft")
                .replaceAll("expires [0-9a-z]+", "");
    }

    @Test
    @DisplayName("counts connections by endpoint, from wherever and to whichever address they come")
    void counts() throws Exception {
        start("nftables");
        declare("turns", VIP, "", ",'type':'NodePort'", "one@node-1", "two@node-2");
        declare(
                "local",
                "10.96.0.11",
                "",
                ",'externalIPs':['10.91.3.1'],'externalTrafficPolicy':'Local'",
                "one@node-1",
                "three@node-3");
        declareOnNode();
        services.add(service("six", "", "'clusterIPs':['fd96::6'],'ports':[{'port':80}]"));
        slices.add(slice("six", slicePort("", "TCP", 8080), "fd91:2::2"));
        serve("nftables");

        call(CLIENT, VIP, 80, 2);
        hosts.call(CLIENT, "udp", VIP, 80, 2);
        call(Hosts.NODE, VIP, 80, 2);
        call("one", VIP, 80, 2); // to itself, too
        call(CLIENT, NODE_PORT_ADDRESS, 30080, 2);
        call(CLIENT, "10.91.3.1", 80, 3);
        call(Hosts.NODE, "10.91.3.1", 80, 2); // the short way
        hosts.call(CLIENT, "udp", "10.96.0.12", 80, 3);
        hosts.call(Hosts.NODE, "udp", "10.96.0.12", 80, 1);
        call(CLIENT, "fd96::6", 80, 1);
        call(CLIENT, "10.91.2.2", 8080, 1); // past the table
        node.await(
                "the kernel's counts",
                status -> status.contains("led={host=4, local=5, six=1, turns=10} "
                        + "picks={10.91.0.1=4, 10.91.1.2=9, 10.91.2.2=5, 10.91.3.2=1, [fd91=1} to={} from={}"));
    }

    @Test
    @DisplayName("counts bytes by endpoint where it is told to, each packet once, both ways")
    void bytes() throws Exception {
        node = new TestNode(hosts, Hosts.NODE, TestNode.onNode("nftables") + ", nftables.count-bytes=on");
        declare("web", VIP, "", ",'externalIPs':['10.91.3.1'],'externalTrafficPolicy':'Local'", "one@node-1");
        declareOnNode();
        serve("nftables");

        long toOne = 0;
        long fromOne = 0;
        long toNode = 0;
        long fromNode = 0;
        for (String from : List.of(CLIENT, Hosts.NODE, "two")) {
            for (String to : List.of(VIP, "10.91.3.1")) {
                toOne += 3 * (HEADERS + "?".length());
                fromOne += answered(hosts.call(from, "udp", to, 80, 3));
            }
        }
        for (String from : List.of(CLIENT, Hosts.NODE)) {
            toNode += 2 * (HEADERS + "?".length());
            fromNode += answered(hosts.call(from, "udp", "10.96.0.12", 80, 2));
        }
        hosts.call(CLIENT, "udp", "10.91.1.2", 8080, 1); // past the table
        String wanted = " to={10.91.0.1=" + toNode + ", 10.91.1.2=" + toOne + "} from={10.91.0.1=" + fromNode
                + ", 10.91.1.2=" + fromOne + "}";
        node.await("the kernel's bytes: " + wanted, status -> status.contains(wanted));
    }

    private static long answered(List<String> answers) {
        return answers.stream()
                .mapToLong(answer -> HEADERS + answer.length() + "\n".length())
                .sum();
    }

    /** A service of one endpoint, for datagrams, which is on the node itself. */
    private void declareOnNode() {
        services.add(service("host", "", "'clusterIPs':['10.96.0.12'],'ports':[{'port':80,'protocol':'UDP'}]"));
        slices.add(slice("host", slicePort("", "UDP", 8081), "10.91.0.1@node-1"));
    }

    @Test
    @DisplayName("leads the datagrams of a flow elsewhere when their endpoint goes")
    void flows() throws Exception {
        assumeThat(new ChildCommands(Duration.ofSeconds(60), System.getenv()).has("conntrack"))
                .as("there is no command conntrack here")
                .isTrue();
        start("nftables");
        declare("web", VIP, "", "", "one");
        serve("nftables");
        Talk flow = hosts.flow(CLIENT, VIP, 80);
        assertThat(flow.ask()).startsWith("one ");

        slices.set(0, slice("web", slicePort("u", "UDP", 8080), "10.91.2.2"));
        node.apply(services, slices);
        Patience.await().until(() -> flow.ask().startsWith("two "));
    }

    @Test
    @DisplayName(
            "leaves flows of datagrams where they go when it is killed and starts again, but not where nobody is left")
    void flowsOverRestart() throws Exception {
        assumeThat(new ChildCommands(Duration.ofSeconds(60), System.getenv()).has("conntrack"))
                .as("there is no command conntrack here")
                .isTrue();
        start("nftables");
        declare("web", VIP, "", "", "one", "two", "three");
        serve("nftables");
        Map<String, Talk> flows = new TreeMap<>();
        Patience.await().until(() -> {
            Talk flow = hosts.flow(CLIENT, VIP, 80);
            flows.put(flow.ask(), flow);
            return flows.size() == 3;
        });
        Map<String, String> ports = translated();

        node.kill();
        slices.set(0, slice("web", slicePort("u", "UDP", 8080), "10.91.1.2", "10.91.2.2"));
        start("nftables");
        serve("nftables");
        Talk orphan = Objects.requireNonNull(flows.get("three 10.91.3.1"));
        Patience.await().until(() -> !orphan.ask().startsWith("three"));
        ports.values().removeIf(to -> to.startsWith("src=10.91.3.2"));
        assertThat(translated()).as("clients' ports, and who answers them").containsAllEntriesOf(ports);
        for (String staying : List.of("one 10.91.1.1", "two 10.91.2.1")) {
            assertThat(Objects.requireNonNull(flows.get(staying)).ask()).isEqualTo(staying);
        }
    }

    /** Of flows with the service: the client's port, and the answering side. */
    private static Map<String, String> translated() {
        Map<String, String> ports = new TreeMap<>();
        flowsOfWeb().forEach(line -> {
            String[] parts = line.split("(?=src=)", -1);
            ports.put(parts[1].replaceAll(".*(sport=\\d+) .*", "$1"), parts[2].replaceAll(" (?:\\[|mark=).*", ""));
        });
        return ports;
    }

    @Test
    @DisplayName("leaves no datagram flow behind when a service moves between the kernel and listeners")
    void flowsMove() throws Exception {
        assumeThat(new ChildCommands(Duration.ofSeconds(60), System.getenv()).has("conntrack"))
                .as("there is no command conntrack here")
                .isTrue();
        start("auto");
        declareOnNode(); // stays in the kernel, which tracks connections therefore all the time
        declare("web", VIP, "", "", "one");
        serve("nftables");
        try (Talk clients = hosts.storm(CLIENT, VIP, 80, 40)) {
            moveUnder(clients);
        }
    }

    private void moveUnder(Talk clients) throws Exception {
        for (String mode : List.of("userspace", "nftables", "userspace", "nftables")) {
            boolean kernel = mode.equals("nftables");
            if (kernel) {
                lateAnswer();
            }
            move(mode);
            String past = kernel ? "src=" + VIP + " dst=10.91." : "src=10.91.1.2 ";
            Patience.await()
                    .alias("no flow that goes past " + mode)
                    .until(() -> flowsOfWeb().noneMatch(line -> line.contains(past)));
            clients.ask();
            Patience.await()
                    .alias("an answer by " + mode + " to each client, in the time between two looks")
                    .until(() -> clients.ask().endsWith(" 0"));
        }
    }

    @Test
    @DisplayName("refuses no connection while a service moves between the kernel and listeners")
    void connectionsMove() throws Exception {
        start("auto");
        declareOnNode(); // stays in the kernel, which tracks connections therefore all the time
        declare("web", VIP, "", "", "one", "two");
        serve("nftables");
        try (Talk clients = hosts.rush(CLIENT, VIP, 80)) {
            for (int move = 0; move < 12; move++) {
                move(move % 2 == 0 ? "userspace" : "nftables");
                assertThat(clients.ask())
                        .as("calls, and what failed, up to move " + move)
                        .endsWith(" none");
            }
            clients.awaitCalls(2_000); // from ports that were used while the service moved
        }
    }

    @ParameterizedTest(name = "from {0}")
    @ValueSource(strings = {CLIENT, Hosts.NODE, "three"})
    @DisplayName("leaves listeners their open connections, though the kernel has tracked none until it serves")
    void openConnectionsStay(String from) throws Exception {
        start("auto");
        services.add(service(
                "web",
                "'mesh.weft.dev/mode':'userspace'",
                "'clusterIPs':['" + VIP + "'],'type':'NodePort','ports':[{'port':80,'nodePort':30080}]"));
        slices.add(slice("web", slicePort("", "TCP", 8082), "10.91.1.2", "10.91.2.2"));
        serve("userspace");
        List<Talk> held = List.of(hosts.hold(from, VIP, 80), hosts.hold(from, NODE_PORT_ADDRESS, 30080));
        for (Talk each : held) {
            assertThat(each.ask()).matches("(one|two) 1");
        }

        ((ObjectNode) services.get(0).at("/metadata")).putObject("annotations");
        node.apply(services, slices);
        node.await("the kernel", status -> status.startsWith("programmed=[web]"));
        for (int asked = 2; asked < 5; asked++) {
            for (Talk each : held) {
                assertThat(each.ask()).endsWith(" " + asked);
            }
        }
        held.forEach(Talk::close);
    }

    private void move(String mode) throws IOException {
        ((ObjectNode) services.get(1).at("/metadata")).putObject("annotations").put("mesh.weft.dev/mode", mode);
        node.apply(services, slices);
        String wanted = mode.equals("nftables") ? "programmed=[host, web] bound=[] " : "programmed=[host] bound=[web] ";
        node.await(wanted, status -> status.contains(wanted));
    }

    /** As if the listener had answered just when its flow had been forgotten: the client's next datagram would be led to it. */
    private static void lateAnswer() {
        hosts.run(
                Hosts.NODE,
                "sh",
                "-c",
                "conntrack -D -p udp --orig-src " + VIP + " >/dev/null 2>&1; conntrack -I -p udp -t 600 --src " + VIP
                        + " --sport 80 --dst 10.91.0.2 --dport 9");
    }

    /** Datagram flows that the host in the middle remembers of the client with the service. */
    private static Stream<String> flowsOfWeb() {
        return hosts.run(Hosts.NODE, "conntrack", "-L", "-p", "udp").lines().filter(line -> line.contains(VIP + " "));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12})
    @DisplayName("has a kernel that takes every step of any way, and lists what was wanted")
    void anyWay(long seed, @TempDir Path folder) throws Exception {
        Random random = new Random(seed);
        RuleSet rules = new RuleSet(RuleSetTest.settings(4), "node-1");
        String script = rules.table().all().scriptFromNothing("weft", "test");
        for (int step = 0; step < 40; step++) {
            Files.writeString(folder.resolve("script"), script);
            hosts.run(Hosts.NODE, "nft", "-f", folder.resolve("script").toString());
            for (int change = 0; change < 3; change++) {
                ServicePicture picture = RuleSetTest.randomPicture(random, random.nextInt(8));
                boolean gone = random.nextInt(5) == 0;
                rules.update(picture.key(), gone ? null : picture, RuleSetTest.compiler());
            }
            script = rules.table().takeChanges().script("weft");
        }
        Files.writeString(folder.resolve("script"), script);
        hosts.run(Hosts.NODE, "nft", "-f", folder.resolve("script").toString());
        InstalledTable found = InstalledTable.read(
                new ObjectMapper().readTree(hosts.run(Hosts.NODE, "nft", "-j", "list", "table", "inet", "weft")));
        assertThat(rules.table().difference(found).lines()).as("seed " + seed).isEmpty();
        assertThat(found.owner()).isEqualTo("node-1");
    }

    private static String chains() {
        return String.join(
                "\n",
                hosts.run(Hosts.NODE, "nft", "-a", "list", "table", "inet", "weft")
                        .lines()
                        .filter(line -> line.contains("chain ") && !line.contains("going") && !line.contains("random/"))
                        .toList());
    }
}
