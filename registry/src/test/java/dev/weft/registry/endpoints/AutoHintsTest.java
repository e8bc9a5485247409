package dev.weft.registry.endpoints;

import static dev.weft.registry.endpoints.EndpointTypes.PODS;
import static dev.weft.registry.endpoints.EndpointTypes.SERVICES;
import static dev.weft.registry.endpoints.EndpointTypes.SLICES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.resource.ResourceKey;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("EPS-8: the topology mode Auto")
class AutoHintsTest {
    private static final String ZONES = "abc";

    private final KnownNodes nodes = new KnownNodes();
    private final FakeShard shard = new FakeShard(new EndpointsDerivation(nodes));

    /** Each node is named after its zone. */
    private static final class KnownNodes implements NodeZones {
        private final Map<String, NodeRecord> nodes = new TreeMap<>();
        private boolean all = true;
        private long changes;

        void put(String name, int cpus) {
            nodes.put(name, new NodeRecord("z" + name.charAt(0), cpus * 1000L, true));
            changes++;
        }

        @Override
        public String of(String node) {
            NodeRecord found = nodes.get(node);
            return found == null ? "" : found.zone();
        }

        @Override
        public boolean known() {
            return all;
        }

        @Override
        public ZoneShares shares() {
            return ZoneShares.of(nodes.values());
        }

        @Override
        public long changes() {
            return changes;
        }
    }

    @BeforeEach
    void nodes() {
        nodes.put("a1", 4);
        nodes.put("a2", 2);
        nodes.put("b1", 4);
        nodes.put("c1", 4);
        shard.idle();
    }

    private static String service(String annotation) {
        return "{'metadata':{'annotations':{'service.kubernetes.io/" + annotation + "'}},"
                + "'spec':{'clusterIP':'10.0.0.1','ipFamilies':['IPv4','IPv6'],'selector':{'app':'web'},"
                + "'ports':[{'name':'http','port':80,'targetPort':8080}]}}";
    }

    private static String pod(int number, String node, boolean ready, String... more) {
        String ips = "{'ip':'10.1.0." + number + "'}" + (more.length > 0 ? more[0] : "");
        return "{'metadata':{'labels':{'app':'web'}},'spec':{'nodeName':'" + node
                + "'},'status':{'phase':'Running','podIPs':[" + ips
                + "],'conditions':[{'type':'Ready','status':'" + (ready ? "True" : "False") + "'}]}}";
    }

    private void eighteenPods() {
        for (int i = 0; i < 18; i++) {
            shard.put(PODS, "p" + i, pod(i, ZONES.charAt(i % 3) + "1", true));
        }
    }

    private static String hints(FakeShard shard, String family) {
        Map<String, Long> counts = new TreeMap<>(shard.slices("web").stream()
                .filter(slice -> slice.addressType().equals(family))
                .flatMap(slice -> slice.endpoints().stream())
                .collect(Collectors.groupingBy(each -> String.join("+", each.forZones()), Collectors.counting())));
        return counts.toString();
    }

    @ParameterizedTest(name = "{0} gives hints: {1}")
    @CsvSource({
        "topology-mode':'Auto,true",
        "topology-mode':'auto,true",
        "topology-aware-hints':'auto,true",
        "topology-aware-hints':'Auto,true",
        "topology-mode':'Disabled,false",
        "topology-mode':'AUTO,false"
    })
    void annotations(String annotation, boolean given) {
        eighteenPods();
        shard.put(SERVICES, "web", service(annotation));
        assertThat(hints(shard, "IPv4")).isEqualTo(given ? "{za=7, zb=5, zc=6}" : "{=18}");
    }

    @Test
    @DisplayName("counts ready endpoints alone, and takes the hints from all when there are too few of them")
    void readiness() {
        shard.put(SERVICES, "web", service("topology-mode':'Auto"));
        eighteenPods();
        for (int i = 0; i < 15; i++) {
            shard.put(PODS, "p" + i, pod(i, ZONES.charAt(i % 3) + "1", false));
        }
        assertThat(hints(shard, "IPv4")).as("minima 2 + 1 + 1 of 3").isEqualTo("{=18}");
        shard.put(PODS, "p0", pod(0, "a1", true));
        assertThat(hints(shard, "IPv4")).isEqualTo("{=14, za=2, zb=1, zc=1}");
        shard.put(PODS, "p1", pod(1, "nowhere", true));
        assertThat(hints(shard, "IPv4")).as("one without a zone").isEqualTo("{=18}");
        shard.remove(PODS, "p1");
        assertThat(hints(shard, "IPv4")).isEqualTo("{=13, za=2, zb=1, zc=1}");
    }

    @Test
    @DisplayName("looks at each address family by itself")
    void families() {
        shard.put(SERVICES, "web", service("topology-mode':'Auto"));
        eighteenPods();
        shard.put(PODS, "p0", pod(0, "a1", true, ",{'ip':'fd00::1'}"));
        assertThat(hints(shard, "IPv4")).isEqualTo("{za=7, zb=5, zc=6}");
        assertThat(hints(shard, "IPv6")).isEqualTo("{=1}");
    }

    @Test
    @DisplayName(
            "follows the CPUs when their shares change, and writes nothing when these stay or other Services are meant")
    void shares() {
        eighteenPods();
        shard.put(SERVICES, "web", service("topology-mode':'Auto"));
        shard.put(SERVICES, "other", service("other':'Auto"));
        nodes.put("a3", 6);
        nodes.put("b2", 4);
        nodes.put("c2", 4);
        shard.idle();
        assertThat(shard.writes()).isEmpty();
        nodes.put("a4", 48);
        shard.idle();
        assertThat(hints(shard, "IPv4")).isEqualTo("{za=14, zb=2, zc=2}");
        assertThat(shard.writes()).hasSize(1);
        nodes.put("b3", 0);
        shard.idle();
        assertThat(hints(shard, "IPv4")).isEqualTo("{=18}");
        assertThat(shard.writes()).hasSize(1);
    }

    @Test
    @DisplayName("begins anew with an endpoint whose node comes to another zone: no hints cross each other for good")
    void anotherZone() {
        eighteenPods();
        shard.put(SERVICES, "web", service("topology-mode':'Auto"));
        nodes.nodes.put("b1", new NodeRecord("zc", 4000, true));
        nodes.nodes.put("c1", new NodeRecord("zb", 4000, true));
        nodes.changes++;
        shard.idle();
        assertThat(shard.slices("web").stream().flatMap(slice -> slice.endpoints().stream()))
                .filteredOn(endpoint -> !endpoint.forZones().equals(List.of(endpoint.zone())))
                .hasSize(1);
    }

    @Test
    @DisplayName("ends with the annotation")
    void ends() {
        eighteenPods();
        shard.put(SERVICES, "web", service("topology-mode':'Auto"));
        shard.put(SERVICES, "web", service("other':'Auto"));
        assertThat(hints(shard, "IPv4")).isEqualTo("{=18}");
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @ParameterizedTest(
            name = "seed {0}: all or none of the ready endpoints of a family have a hint; a restart writes nothing")
    @MethodSource("seeds")
    void history(long seed) {
        Random random = new Random(seed);
        shard.put(SERVICES, "web", service("topology-mode':'Auto"));
        for (int step = 0; step < 120; step++) {
            int number = random.nextInt(14);
            if (random.nextInt(15) == 0) {
                nodes.put(ZONES.charAt(random.nextInt(3)) + "1", 1 + random.nextInt(4));
                shard.idle();
            } else if (random.nextInt(4) == 0) {
                if (shard.get(new ResourceKey(PODS, "ns", "p" + number)) != null) {
                    shard.remove(PODS, "p" + number);
                }
            } else {
                String second = random.nextInt(3) == 0 ? "" : ",{'ip':'fd00::" + number + "'}";
                String node = ZONES.charAt(random.nextInt(3)) + "1";
                shard.put(PODS, "p" + number, pod(number, node, random.nextInt(5) > 0, second));
            }
            assertWhole("seed " + seed + " step " + step);
        }
        assertThat(shard.restarted(new EndpointsDerivation(nodes)).writes()).isEmpty();
        KnownNodes late = new KnownNodes();
        late.all = false;
        FakeShard again = shard.restarted(new EndpointsDerivation(late));
        assertThat(again.writes())
                .as("seed %d: before the nodes are known", seed)
                .isEmpty();
        late.nodes.putAll(nodes.nodes);
        late.all = true;
        late.changes++;
        again.idle();
        assertThat(again.writes()).as("seed %d: once they are", seed).isEmpty();
    }

    private void assertWhole(String as) {
        for (String family : List.of("IPv4", "IPv6")) {
            List<SliceEndpoint> all = shard.slices("web").stream()
                    .filter(slice -> slice.addressType().equals(family))
                    .flatMap(slice -> slice.endpoints().stream())
                    .toList();
            List<SliceEndpoint> ready = all.stream()
                    .filter(each -> Boolean.TRUE.equals(each.ready()))
                    .toList();
            long hinted =
                    all.stream().filter(each -> !each.forZones().isEmpty()).count();
            assertThat(hinted).as(as + all).isIn(0L, (long) ready.size());
            if (hinted > 0) {
                assertThat(ready)
                        .as(as)
                        .allSatisfy(
                                each -> assertThat(each.forZones()).hasSize(1).isSubsetOf("za", "zb", "zc"));
            }
        }
    }

    @Test
    @DisplayName("rewrites one slice of many for one endpoint that comes, where all zones keep their minimum")
    void oneSlice() {
        shard.put(SERVICES, "web", service("topology-mode':'Auto"));
        for (int i = 0; i < 250; i++) {
            shard.put(PODS, "p" + i, pod(i, List.of("a1", "b1", "c1", "a2").get(i % 4), true));
        }
        shard.put(PODS, "more", pod(251, "a1", true));
        assertThat(shard.writes())
                .filteredOn(write -> write.key().type().equals(SLICES))
                .hasSize(1);
        assertThat(hints(shard, "IPv4")).doesNotContain("{=");
    }
}
