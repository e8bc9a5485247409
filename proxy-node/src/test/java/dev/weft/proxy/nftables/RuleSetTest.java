package dev.weft.proxy.nftables;

import static dev.weft.proxy.nftables.Pictures.service;
import static dev.weft.proxy.nftables.Pictures.slice;
import static dev.weft.proxy.nftables.Pictures.slicePort;
import static dev.weft.proxy.nftables.Pictures.web;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.selection.TrafficRules;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the wanted table")
class RuleSetTest {
    static final String VIP = "10.96.0.10";
    static final String AT_80 = VIP + " . tcp . 80";
    static final String RANDOM = "'mesh.weft.dev/algorithm':'random'";

    private final NftablesSettings settings = settings(4);
    private final RuleSet rules = new RuleSet(settings, "node-1");
    private final Tracer tracer = new Tracer();
    private boolean made;

    static NftablesSettings settings(int ownTurns) {
        return new NftablesSettings(
                ProxyMode.AUTO,
                "weft",
                ownTurns,
                List.of("10.244.0.0/16"),
                Duration.ofSeconds(30),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofMillis(1),
                true,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofHours(1));
    }

    static ServiceCompiler compiler() {
        return compiler(TrafficRules.NONE);
    }

    private static ServiceCompiler compiler(TrafficRules rules) {
        return new ServiceCompiler(
                new NodeIdentity("node-1", "", "east"),
                List.of("127.0.0.1", "192.0.2.1"),
                Algorithm.ROUND_ROBIN,
                rules,
                settings(4));
    }

    private static ServicePicture twoClusters(String annotations, String... west) {
        JsonNode theirs = slice("web-west", slicePort("", "TCP", 8080), west);
        ((ObjectNode) theirs.at("/metadata/labels"))
                .put("kubernetes.io/service-name", "web")
                .put("multicluster.kubernetes.io/source-cluster", "west");
        return Pictures.picture(
                service("web", annotations, "'clusterIPs':['" + VIP + "'],'ports':[{'port':80}]"),
                slice("web", slicePort("", "TCP", 8080), "10.0.0.1"),
                theirs);
    }

    @Test
    @DisplayName("leads nothing to a cordoned cluster, nor to what weighs 0, while there is anything else")
    void cordoned() {
        ServicePicture both = twoClusters("", "10.9.0.1");
        Map<String, Integer> ours = Map.of("10.0.0.1:8080", 1);
        Map<String, Integer> theirs = Map.of("10.9.0.1:8080", 1);
        rules.update(both.key(), both, compiler(new TrafficRules(Set.of("west"))));
        take();
        assertThat(tracer.places(AT_80)).isEqualTo(ours);
        rules.update(both.key(), both, compiler(new TrafficRules(Set.of("east"))));
        take();
        assertThat(tracer.places(AT_80)).isEqualTo(theirs);
        apply(both);
        assertThat(tracer.places(AT_80)).isEqualTo(Map.of("10.0.0.1:8080", 1, "10.9.0.1:8080", 1));
        apply(twoClusters("'mesh.weft.dev/cluster-weights':'east=0'", "10.9.0.1"));
        assertThat(tracer.places(AT_80)).isEqualTo(theirs);
        apply(twoClusters("", "10.9.0.1*0"));
        assertThat(tracer.places(AT_80)).isEqualTo(ours);
        apply(twoClusters(
                "'mesh.weft.dev/algorithm':'weighted-random','mesh.weft.dev/cluster-weights':'east=2,west=3'",
                "10.9.0.1*2"));
        assertThat(tracer.places(AT_80)).isEqualTo(Map.of("10.0.0.1:8080", 1, "10.9.0.1:8080", 3));
    }

    private String take() {
        String script = made
                ? rules.table().takeChanges().script("weft")
                : rules.table().all().scriptFromNothing("weft", "test");
        made = true;
        tracer.run(script);
        return script;
    }

    private String apply(ServicePicture picture) {
        rules.update(picture.key(), picture, compiler());
        return take();
    }

    @Test
    @DisplayName("leads a cluster IP to each of its endpoints alike")
    void leads() {
        apply(web("web", VIP, "", "", "10.0.0.1", "10.0.0.2", "10.0.0.3!"));
        assertThat(tracer.places(AT_80)).isEqualTo(Map.of("10.0.0.1:8080", 1, "10.0.0.2:8080", 1));
        assertThat(tracer.places(VIP + " . tcp . 81")).isEqualTo(Map.of("refused", 1));
        assertThat(tracer.has("virtual/4", VIP)).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"weighted-round-robin", "weighted-random"})
    @DisplayName("gives endpoints places by their weights, divided by what they have in common")
    void weights(String algorithm) {
        ServicePicture picture = Pictures.picture(
                service(
                        "web",
                        "'mesh.weft.dev/algorithm':'" + algorithm + "'",
                        "'clusterIPs':['" + VIP + "'],'ports':[{'port':80}]"),
                slice("web", slicePort("", "TCP", 8080), "10.0.0.1*200"),
                slice("web", slicePort("", "TCP", 8080), "10.0.0.2*600"));
        apply(picture);
        assertThat(tracer.places(AT_80)).isEqualTo(Map.of("10.0.0.1:8080", 1, "10.0.0.2:8080", 3));
    }

    @Test
    @DisplayName("gives exact shares by ranges where the cycle of the weights is long")
    void longCycle() {
        apply(Pictures.picture(
                service(
                        "web",
                        "'mesh.weft.dev/algorithm':'weighted-random'",
                        "'clusterIPs':['" + VIP + "'],'ports':[{'port':80}]"),
                slice("web", slicePort("", "TCP", 8080), "10.0.0.1*997"),
                slice("web", slicePort("", "TCP", 8080), "10.0.0.2*3")));
        assertThat(tracer.places(AT_80)).isEqualTo(Map.of("10.0.0.1:8080", 997, "10.0.0.2:8080", 3));
    }

    @Test
    @DisplayName("refuses where nothing serves anywhere, and drops where only other nodes do (KP-6, KP-7)")
    void withoutEndpoints() {
        apply(web("web", VIP, "", ""));
        assertThat(tracer.places(AT_80)).isEqualTo(Map.of("refused", 1));
        apply(web("web", VIP, "", ",'internalTrafficPolicy':'Local'", "10.0.0.1@node-2"));
        assertThat(tracer.places(AT_80)).isEqualTo(Map.of("drop", 1));
        apply(web("web", VIP, "", ",'internalTrafficPolicy':'Local'", "10.0.0.1@node-2", "10.0.0.2@node-1"));
        assertThat(tracer.places(AT_80)).isEqualTo(Map.of("10.0.0.2:8080", 1));
    }

    @Test
    @DisplayName("opens node ports on the addresses that others can reach, masqueraded unless the policy is Local")
    void nodePorts() {
        String cluster = ",'type':'NodePort','ports':[{'port':80,'nodePort':30080}]";
        apply(web("web", VIP, "", cluster, "10.0.0.1@node-1", "10.0.0.2@node-2"));
        String outside = "192.0.2.1 . tcp . 30080";
        assertThat(tracer.places(outside)).isEqualTo(Map.of("10.0.0.1:8080", 1, "10.0.0.2:8080", 1));
        assertThat(tracer.places("127.0.0.1 . tcp . 30080")).isEqualTo(Map.of("nowhere", 1));
        assertThat(tracer.has("external/4", outside)).isTrue();
        assertThat(tracer.has("external/4", AT_80)).isFalse();
        apply(web("web", VIP, "", cluster));
        assertThat(tracer.places(outside)).isEqualTo(Map.of("refused", 1));

        apply(web("web", VIP, "", cluster + ",'externalTrafficPolicy':'Local'", "10.0.0.1@node-1", "10.0.0.2@node-2"));
        assertThat(tracer.places(outside)).isEqualTo(Map.of("10.0.0.1:8080", 1));
        assertThat(tracer.has("external/4", outside)).isFalse();
        assertThat(tracer.places(AT_80)).hasSize(2);
    }

    @Test
    @DisplayName("masquerades an endpoint of this node that is led to itself")
    void hairpin() {
        apply(web("web", VIP, "", "", "10.0.0.1@node-1", "10.0.0.2@node-2"));
        assertThat(tracer.has("hairpin/4", AT_80 + " . 10.0.0.1 . 10.0.0.1")).isTrue();
        assertThat(tracer.size("hairpin/4")).isEqualTo(1);
    }

    @Test
    @DisplayName("lets only the source ranges to a load balancer's address")
    void sourceRanges() {
        ServicePicture picture = Pictures.picture(
                Pictures.json(
                        "{'metadata':{'namespace':'default','name':'web'},'spec':{'type':'LoadBalancer','clusterIPs':['"
                                + VIP
                                + "'],'ports':[{'port':80}],'loadBalancerSourceRanges':[' 203.0.113.77/24 ','10.0.0.0/8',"
                                + "'10.1.0.0/16','2001:db8::/32']},'status':{'loadBalancer':{'ingress':[{'ip':'198.51.100.1'}]}}}"),
                slice("web", slicePort("", "TCP", 8080), "10.0.0.1"));
        apply(picture);
        assertThat(tracer.chains().get("allowed/4/tcp/service/default/web/80"))
                .startsWith("ip saddr != { 10.0.0.0/8, 203.0.113.0/24 } drop");
        assertThat(tracer.places("198.51.100.1 . tcp . 80")).isEqualTo(Map.of("10.0.0.1:8080", 1));
    }

    @Test
    @DisplayName("keeps a client at its endpoint by a set of each endpoint's clients (KP-10)")
    void affinity() {
        String sticky = ",'sessionAffinity':'ClientIP','sessionAffinityConfig':{'clientIP':{'timeoutSeconds':7}}";
        apply(web("web", VIP, "", sticky, "10.0.0.1", "10.0.0.2"));
        assertThat(tracer.places(AT_80)).isEqualTo(Map.of("10.0.0.1:8080", 1, "10.0.0.2:8080", 1));
        String client = "client/4/tcp/service/default/web/80/10.0.0.1/8080";
        assertThat(tracer.chains().get(client)).first().isEqualTo("update @" + client + " { ip saddr timeout 7s }");
        assertThat(tracer.chains().get("sticky/4/tcp/service/default/web/80/cluster"))
                .contains("ip saddr @" + client + " goto " + client);

        String script = apply(web("web", VIP, "", sticky, "10.0.0.2"));
        assertThat(script).contains("delete set inet weft " + client).doesNotContain("10.0.0.2/8080 ;");
        assertThat(script).doesNotContain("delete set inet weft client/4/tcp/service/default/web/80/10.0.0.2");
    }

    @Test
    @DisplayName("serves IPv6 and datagrams by maps of their own, with addresses spelled as the kernel does")
    void families() {
        apply(Pictures.picture(
                service(
                        "dns",
                        RANDOM,
                        "'clusterIPs':['FD00:0:0:0::A'],'ports':[{'name':'dns','protocol':'UDP','port':53},"
                                + "{'name':'sctp','protocol':'SCTP','port':54}]"),
                slice("dns", slicePort("dns", "UDP", 5353), "fd00:0:0::1")));
        assertThat(tracer.places("fd00::a . udp . 53")).isEqualTo(Map.of("fd00::1:5353", 1));
        assertThat(tracer.size("endpoints/6/udp")).isEqualTo(1);
        assertThat(tracer.size("services/6")).isEqualTo(1);
    }

    @Test
    @DisplayName("costs a change what that change is, among ten services as among three thousand")
    void flat() {
        List<Integer> sizes = new ArrayList<>();
        for (int count : List.of(10, 3_000)) {
            RuleSet many = new RuleSet(settings, "node-1");
            for (int i = 0; i < count; i++) {
                ServicePicture picture =
                        web("web-" + i, "10.97." + (i >> 8) + "." + (i & 255), RANDOM, "", "10.0.0.1", "10.0.0.2");
                many.update(picture.key(), picture, compiler());
            }
            many.table().all();
            ServicePicture changed = web("web-5", "10.97.0.5", RANDOM, "", "10.0.0.1", "10.0.0.3");
            many.update(changed.key(), changed, compiler());
            String script = many.table().takeChanges().script("weft");
            assertThat(script).isEqualTo("""
                            delete element inet weft endpoints/4/tcp { 10.97.0.5 . 80 . 1 }
                            add element inet weft endpoints/4/tcp { 10.97.0.5 . 80 . 1 : 10.0.0.3 . 8080 }
                            """);
            sizes.add(script.length());
        }
        assertThat(sizes.get(0)).isEqualTo(sizes.get(1));
    }

    @Test
    @DisplayName("takes turns exactly for so many service ports, and chooses by chance for the rest")
    void turns() {
        for (int i = 0; i < 6; i++) {
            apply(web("web-" + i, "10.96.1." + i, "", "", "10.0.0.1", "10.0.0.2"));
        }
        assertThat(tracer.chains().keySet().stream().filter(name -> name.startsWith("turn/")))
                .hasSize(4);
        assertThat(tracer.places("10.96.1.5 . tcp . 80")).hasSize(2);
        rules.update(ServiceKey.service("default", "web-0"), null, compiler());
        take();
        apply(web("web-5", "10.96.1.5", "", "", "10.0.0.1", "10.0.0.2"));
        assertThat(tracer.chains()).containsKey("turn/4/tcp/service/default/web-5/80/cluster");
    }

    @Test
    @DisplayName("gives an address that two services claim to the first by name, and to the other when that one goes")
    void claims() {
        ServicePicture b = web("b", VIP, "", "", "10.0.0.2");
        apply(b);
        apply(web("a", VIP, "", "", "10.0.0.1"));
        assertThat(tracer.places(AT_80)).isEqualTo(Map.of("10.0.0.1:8080", 1));
        assertThat(rules.lost(b.key())).hasSize(1);
        rules.update(ServiceKey.service("default", "a"), null, compiler());
        take();
        assertThat(tracer.places(AT_80)).isEqualTo(Map.of("10.0.0.2:8080", 1));
        assertThat(tracer.has("virtual/4", VIP)).isTrue();
        rules.update(b.key(), null, compiler());
        take();
        assertThat(tracer.has("virtual/4", VIP)).isFalse();
    }

    @Test
    @DisplayName("names the datagram flows that the kernel must forget, and no others")
    void staleFlows() {
        String spec = "'clusterIPs':['" + VIP + "'],'ports':[{'protocol':'UDP','port':53}]";
        apply(Pictures.picture(
                service("dns", RANDOM, spec), slice("dns", slicePort("", "UDP", 53), "10.0.0.1", "10.0.0.2")));
        assertThat(rules.takeStaleFlows())
                .singleElement()
                .satisfies(flow -> assertThat(flow.endpoint()).isNull())
                .satisfies(flow -> assertThat(flow.forgetRemnants().stream().map(line -> String.join(" ", line)))
                        .containsExactly(
                                "conntrack -D -f ipv4 -p udp --orig-dst 10.96.0.10 --orig-port-dst 53"
                                        + " --reply-src 10.96.0.10",
                                "conntrack -D -f ipv4 -p udp --orig-src 10.96.0.10 --orig-port-src 53"));
        apply(Pictures.picture(
                service("dns", RANDOM, spec), slice("dns", slicePort("", "UDP", 53), "10.0.0.2", "10.0.0.3")));
        assertThat(rules.takeStaleFlows())
                .singleElement()
                .satisfies(flow -> assertThat(String.join(" ", flow.forget()))
                        .isEqualTo("conntrack -D -f ipv4 -p udp --orig-dst 10.96.0.10 --orig-port-dst 53"
                                + " --reply-src 10.0.0.1 --reply-port-src 53"));
        apply(web("web", "10.96.0.11", "", "", "10.0.0.1"));
        apply(web("web", "10.96.0.11", "", "", "10.0.0.2"));
        assertThat(rules.takeStaleFlows()).isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("is the same whatever way it came about, and every step is one that the kernel takes")
    void anyWay(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 120; step++) {
            ServicePicture picture = randomPicture(random, random.nextInt(8));
            boolean gone = random.nextInt(5) == 0;
            rules.update(picture.key(), gone ? null : picture, compiler());
            if (random.nextBoolean()) {
                take();
            }
        }
        List<ServicePicture> last = new ArrayList<>();
        for (int number = 0; number < 8; number++) {
            last.add(randomPicture(random, number));
        }
        Collections.shuffle(last, random);
        last.forEach(picture -> rules.update(picture.key(), null, compiler()));
        last.stream().sorted((a, b) -> a.key().compareTo(b.key())).forEach(this::apply);
        RuleSet fresh = new RuleSet(settings, "node-1");
        last.stream()
                .sorted((a, b) -> a.key().compareTo(b.key()))
                .forEach(picture -> fresh.update(picture.key(), picture, compiler()));
        Tracer other = new Tracer();
        other.run(fresh.table().all().scriptFromNothing("weft", "test"));
        for (String set : Skeleton.sets(settings).keySet()) {
            assertThat(tracer.size(set)).as(set + ", seed " + seed).isEqualTo(other.size(set));
        }
        for (int number = 0; number < 8; number++) {
            String listener = "10.96.2." + number / 2 + " . tcp . 80";
            assertThat(tracer.places(listener)).as("seed " + seed).isEqualTo(other.places(listener));
        }
    }

    /** Two services claim each address. */
    static ServicePicture randomPicture(Random random, int number) {
        String[] algorithms = {"round-robin", "random", "source-ip-hash", "weighted-random"};
        List<String> endpoints = new ArrayList<>();
        for (int i = 0; i < random.nextInt(5); i++) {
            endpoints.add("10.0.0." + (1 + i) + "@node-" + (1 + random.nextInt(2)));
        }
        String affinity = random.nextInt(3) == 0 ? ",'sessionAffinity':'ClientIP'" : "";
        String policy = random.nextInt(3) == 0 ? ",'internalTrafficPolicy':'Local'" : "";
        return web(
                "web-" + number,
                "10.96.2." + number / 2,
                "'mesh.weft.dev/algorithm':'" + algorithms[random.nextInt(algorithms.length)] + "'",
                affinity + policy,
                endpoints.toArray(String[]::new));
    }
}
