package dev.weft.registry.endpoints;

import static dev.weft.registry.endpoints.EndpointTypes.ENDPOINTS;
import static dev.weft.registry.endpoints.EndpointTypes.PODS;
import static dev.weft.registry.endpoints.EndpointTypes.SERVICES;
import static dev.weft.registry.endpoints.EndpointTypes.SLICES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceType;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A random history of Services and Pods")
class EndpointsHistoryTest {
    static java.util.stream.LongStream seeds() {
        return java.util.stream.LongStream.range(0, 30);
    }

    @ParameterizedTest(name = "seed {0}: leads to what a derivation from scratch says, within the bounds")
    @MethodSource("seeds")
    void incrementalEqualsFromScratch(long seed) {
        Random random = new Random(seed);
        FakeShard shard = new FakeShard(new EndpointsDerivation());
        for (int step = 0; step < 200; step++) {
            act(shard, random);
            assertThat(shard.list(SLICES, "ns"))
                    .as("seed %d step %d", seed, step)
                    .allSatisfy(slice -> assertThat(SliceContent.parse(slice).endpoints())
                            .hasSizeLessThanOrEqualTo(SliceLayout.CAPACITY));
        }
        FakeShard restarted = shard.restarted(new EndpointsDerivation());
        assertThat(restarted.writes())
                .as("seed %d: a restart finds nothing to do", seed)
                .isEmpty();
        assertThat(said(shard)).as("seed %d", seed).isEqualTo(said(fromScratch(shard)));
    }

    private static FakeShard fromScratch(FakeShard shard) {
        FakeShard scratch = new FakeShard(new EndpointsDerivation());
        for (ResourceType type : List.of(PODS, SERVICES)) {
            shard.list(type, "ns")
                    .forEach(each ->
                            scratch.put(type, each.key().name(), each.json().toString()));
        }
        return scratch;
    }

    /** Who stands in which kind of slice, whatever the slices are called and however they are filled. */
    private static Set<String> said(FakeShard shard) {
        Set<String> said = new TreeSet<>();
        for (Resource slice : shard.list(SLICES, "ns")) {
            SliceContent content = SliceContent.parse(slice);
            String common = content.addressType() + content.ports() + new java.util.TreeMap<>(content.labels());
            content.endpoints().forEach(endpoint -> said.add(common + endpoint));
            if (content.endpoints().isEmpty()) {
                said.add(common);
            }
        }
        shard.list(ENDPOINTS, "ns")
                .forEach(each -> said.add(
                        ClassicEndpoints.parse(each, each.json().toTree()).toString()));
        return said;
    }

    private static void act(FakeShard shard, Random random) {
        int what = random.nextInt(20);
        String service = "s" + random.nextInt(4);
        String pod = "p" + random.nextInt(12);
        if (what == 0) {
            remove(shard, SERVICES, service);
        } else if (what < 4) {
            shard.put(SERVICES, service, service(random));
        } else if (what < 6) {
            remove(shard, PODS, pod);
        } else if (what == 6 && !shard.list(SLICES, "ns").isEmpty()) {
            shard.remove(
                    SLICES, shard.list(SLICES, "ns").iterator().next().key().name());
        } else {
            shard.put(PODS, pod, pod(random));
        }
    }

    private static void remove(FakeShard shard, ResourceType type, String name) {
        if (shard.list(type, "ns").stream().anyMatch(each -> each.key().name().equals(name))) {
            shard.remove(type, name);
        }
    }

    private static String service(Random random) {
        String families = random.nextBoolean() ? "['IPv4']" : "['IPv6','IPv4']";
        String target = random.nextBoolean() ? "'web'" : "80";
        String selector = "{'app':'a" + random.nextInt(2) + "'" + (random.nextBoolean() ? ",'tier':'x'}" : "}");
        return "{'spec':{'clusterIP':'" + (random.nextBoolean() ? "None" : "10.0.0.1") + "','ipFamilies':" + families
                + ",'publishNotReadyAddresses':" + random.nextBoolean() + ",'selector':" + selector
                + ",'ports':[{'name':'http','port':80,'targetPort':" + target + "}]}}";
    }

    private static String pod(Random random) {
        String marked = random.nextInt(5) == 0 ? ",'deletionTimestamp':'2026-01-01T00:00:00Z'" : "";
        String ips = "[{'ip':'10.0.1." + random.nextInt(20) + "'}"
                + (random.nextBoolean() ? ",{'ip':'fd00::" + random.nextInt(20) + "'}]" : "]");
        return "{'metadata':{'labels':{'app':'a" + random.nextInt(2) + "','tier':'" + (random.nextBoolean() ? "x" : "y")
                + "'}" + marked + "},'spec':{'nodeName':'n1','containers':[{'ports':[{'name':'web','containerPort':"
                + (1 + random.nextInt(2)) + "}]}]},'status':{'phase':'"
                + (random.nextInt(6) == 0 ? "Failed" : "Running") + "','podIPs':" + ips
                + ",'conditions':[{'type':'Ready','status':'" + (random.nextBoolean() ? "True" : "False") + "'}]}}";
    }
}
