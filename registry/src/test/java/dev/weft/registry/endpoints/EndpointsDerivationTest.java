package dev.weft.registry.endpoints;

import static dev.weft.registry.endpoints.EndpointTypes.ENDPOINTS;
import static dev.weft.registry.endpoints.EndpointTypes.PODS;
import static dev.weft.registry.endpoints.EndpointTypes.SERVICES;
import static dev.weft.registry.endpoints.EndpointTypes.SLICES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.ResourceKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Endpoints")
class EndpointsDerivationTest {
    private final KnownZones zones = new KnownZones();
    private final FakeShard shard = new FakeShard(new EndpointsDerivation(zones));

    private static final class KnownZones implements NodeZones {
        private final Map<String, String> known = new HashMap<>(Map.of("n2", "zone-b"));
        private long changes;
        private boolean all = true;

        @Override
        public boolean known() {
            return all;
        }

        @Override
        public String of(String node) {
            return known.getOrDefault(node, "");
        }

        @Override
        public long changes() {
            return changes;
        }

        void put(String node, String zone) {
            known.put(node, zone);
            changes++;
        }
    }

    private static String podOf(String node, String ip) {
        return "{'metadata':{'labels':{'app':'web'}},'spec':{'nodeName':'" + node
                + "'},'status':{'phase':'Running','podIPs':[{'ip':'" + ip
                + "'}],'conditions':[{'type':'Ready','status':'True'}]}}";
    }

    @Test
    @DisplayName("follow the zone of their node when it comes late or changes, and only the slices of that node's Pods")
    void zoneOfNode() {
        shard.put(SERVICES, "web", service(""));
        shard.put(SERVICES, "other", service("").replace("'app':'web'", "'app':'other'"));
        shard.put(PODS, "p1", podOf("n3", "10.1.0.1"));
        shard.put(PODS, "p2", podOf("n2", "10.1.0.2").replace("web", "other"));
        assertThat(only().zone()).isEmpty();

        zones.put("n3", "zone-c");
        shard.idle();
        assertThat(only().zone()).isEqualTo("zone-c");
        assertThat(shard.writes()).hasSize(1);
        zones.put("n3", "zone-d");
        shard.idle();
        assertThat(only().zone()).isEqualTo("zone-d");
        shard.idle();
        assertThat(shard.writes()).isEmpty();

        shard.remove(PODS, "p1");
        zones.put("n3", "zone-e");
        shard.idle();
        assertThat(shard.writes()).isEmpty();
    }

    @Test
    @DisplayName("keep the zone that their slices say until all nodes are known again: a restart rewrites nothing")
    void zoneAfterRestart() {
        shard.put(SERVICES, "web", service(""));
        zones.put("n3", "zone-c");
        shard.put(PODS, "p1", podOf("n3", "10.1.0.1"));
        assertThat(only().zone()).isEqualTo("zone-c");

        KnownZones later = new KnownZones();
        later.all = false;
        FakeShard again = shard.restarted(new EndpointsDerivation(later));
        assertThat(again.writes()).isEmpty();
        later.put("n3", "zone-c");
        later.all = true;
        again.idle();
        assertThat(again.writes()).isEmpty();
        later.put("n3", "zone-d");
        again.idle();
        assertThat(again.writes()).hasSize(1);
    }

    static String service(String more) {
        return "{'metadata':{'labels':{'team':'a'}},'spec':{'clusterIP':'10.0.0.1','ipFamilies':['IPv4'],"
                + "'selector':{'app':'web'},'ports':[{'name':'http','protocol':'TCP','port':80,'targetPort':8080}]"
                + more + "}}";
    }

    static String pod(String ip, boolean ready, String metadata, String spec) {
        return "{'metadata':{'labels':{'app':'web','topology.kubernetes.io/zone':'zone-a'}" + metadata
                + "},'spec':{'nodeName':'n1'" + spec + "},'status':{'phase':'Running','podIPs':[{'ip':'" + ip
                + "'}],'conditions':[{'type':'Ready','status':'" + (ready ? "True" : "False") + "'}]}}";
    }

    private SliceEndpoint only() {
        assertThat(shard.slices("web")).hasSize(1);
        assertThat(shard.slices("web").get(0).endpoints()).hasSize(1);
        return shard.slices("web").get(0).endpoints().get(0);
    }

    @ParameterizedTest(name = "EPS-1: ready={0} terminating={1} publishNotReady={2} -> {3}/{4}/{5}")
    @CsvSource({
        "true,false,false,true,true,false",
        "false,false,false,false,false,false",
        "true,true,false,false,true,true",
        "false,true,false,false,false,true",
        "false,false,true,true,false,false",
        "true,true,true,true,true,true"
    })
    void conditions(
            boolean podReady, boolean leaving, boolean publish, boolean ready, boolean serving, boolean terminating) {
        shard.put(SERVICES, "web", service(publish ? ",'publishNotReadyAddresses':true" : ""));
        String marked = leaving ? ",'deletionTimestamp':'2026-01-01T00:00:00Z'" : "";
        shard.put(PODS, "p1", pod("10.1.0.1", podReady, marked, ""));
        assertThat(only().ready()).isEqualTo(ready);
        assertThat(only().serving()).isEqualTo(serving);
        assertThat(only().terminating()).isEqualTo(terminating);
    }

    @Test
    @DisplayName("EPS-5: carry the Service's labels, the reserved ones, a generated name and the owner")
    void labelsAndOwner() {
        String uid = shard.put(SERVICES, "web", service("")).uid();
        shard.put(PODS, "p1", pod("10.1.0.1", true, "", ""));
        SliceContent slice = shard.slices("web").get(0);
        assertThat(slice.labels())
                .containsEntry("team", "a")
                .containsEntry("kubernetes.io/service-name", "web")
                .containsEntry("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io")
                .doesNotContainKey("service.kubernetes.io/headless");
        assertThat(slice.owners()).containsExactly(new SliceContent.Owner("v1", "Service", "web", uid));
        assertThat(shard.list(SLICES, "ns").iterator().next().key().name()).matches("web-[a-z0-9]{5}");
        assertThat(only().target())
                .satisfies(target ->
                        assertThat(Objects.requireNonNull(target).name()).isEqualTo("p1"));
        assertThat(only().zone()).isEqualTo("zone-a");
    }

    @Test
    @DisplayName("EPS-6: Pods whose named target port differs stand in different slices; one without it has no port")
    void namedPorts() {
        shard.put(SERVICES, "web", service("").replace("'targetPort':8080", "'targetPort':'web'"));
        shard.put(
                PODS, "p1", pod("10.1.0.1", true, "", ",'containers':[{'ports':[{'name':'web','containerPort':1}]}]"));
        shard.put(
                PODS,
                "p2",
                pod(
                        "10.1.0.2",
                        true,
                        "",
                        ",'initContainers':[{'restartPolicy':'Always','ports':[{'name':'web','containerPort':2}]}]"));
        shard.put(PODS, "p3", pod("10.1.0.3", true, "", ""));
        assertThat(shard.slices("web"))
                .extracting(
                        slice -> slice.ports().stream().map(EndpointPort::port).toList())
                .containsExactlyInAnyOrder(List.of(1), List.of(2), List.of());
        assertThat(shard.json(ENDPOINTS, "web").path("subsets")).hasSize(2);
    }

    @ParameterizedTest(name = "EPS-8: {0} hints zones {1} and nodes {2}")
    @CsvSource({"PreferClose,zone-a,''", "PreferSameZone,zone-a,''", "PreferSameNode,zone-a,n1", "Other,'',''"})
    void hints(String distribution, String zones, String nodes) {
        shard.put(SERVICES, "web", service(",'trafficDistribution':'" + distribution + "'"));
        shard.put(PODS, "p1", pod("10.1.0.1", true, "", ""));
        assertThat(String.join(",", only().forZones())).isEqualTo(zones);
        assertThat(String.join(",", only().forNodes())).isEqualTo(nodes);
    }

    @Test
    @DisplayName("carry the weights of Pods in an annotation of their slice, and nothing where no Pod has one")
    void weights() {
        shard.put(SERVICES, "web", service(""));
        shard.put(PODS, "p1", pod("10.1.0.1", true, "", ""));
        shard.put(PODS, "p2", pod("10.1.0.2", true, ",'annotations':{'mesh.weft.dev/weight':'3'}", ""));
        String slice = shard.list(SLICES, "ns").iterator().next().key().name();
        String weights = "mesh.weft.dev/weights";
        assertThat(annotations(shard, slice).path(weights).asText()).isEqualTo("10.1.0.2=3");
        shard.put(PODS, "p1", pod("10.1.0.1", true, ",'annotations':{'mesh.weft.dev/weight':'0'}", ""));
        assertThat(annotations(shard, slice).path(weights).asText()).isEqualTo("10.1.0.1=0,10.1.0.2=3");
        assertThat(shard.slices("web").get(0).endpoints())
                .extracting(SliceEndpoint::weight)
                .containsExactly(0, 3);
        FakeShard again = shard.restarted(new EndpointsDerivation());
        assertThat(again.writes()).as("after a restart").isEmpty();
        shard.put(PODS, "p1", pod("10.1.0.1", true, ",'annotations':{'mesh.weft.dev/weight':'many'}", ""));
        shard.remove(PODS, "p2");
        assertThat(annotations(shard, slice).has(weights)).isFalse();
    }

    @Test
    @DisplayName("mirror the weights of an Endpoints object")
    void mirroredWeights() {
        shard.put(SERVICES, "web", service("").replace("'selector':{'app':'web'},", ""));
        shard.put(
                ENDPOINTS,
                "web",
                "{'metadata':{'annotations':{'mesh.weft.dev/weights':'10.1.0.2=7'}},'subsets':[{'addresses':"
                        + "[{'ip':'10.1.0.1'},{'ip':'10.1.0.2'}],'ports':[{'name':'http','port':8080}]}]}");
        assertThat(shard.slices("web").get(0).endpoints())
                .extracting(SliceEndpoint::weight)
                .containsExactly(null, 7);
        assertThat(shard.restarted(new EndpointsDerivation()).writes()).isEmpty();
    }

    private static JsonNode annotations(FakeShard shard, String slice) {
        return shard.json(SLICES, slice).path("metadata").path("annotations");
    }

    @Test
    @DisplayName("keep one empty slice for a Service without endpoints, as Kubernetes does")
    void placeholder() {
        shard.put(
                SERVICES, "web", service(",'ipFamilyPolicy':'PreferDualStack'").replace("['IPv4']", "['IPv4','IPv6']"));
        assertThat(shard.slices("web"))
                .hasSize(2)
                .allSatisfy(slice -> assertThat(slice.endpoints()).isEmpty());
        assertThat(shard.json(ENDPOINTS, "web").has("subsets")).isFalse();
        shard.put(PODS, "p1", pod("10.1.0.1", true, "", "").replace("'}],'cond", "'},{'ip':'fd00::1'}],'cond"));
        assertThat(shard.slices("web")).extracting(SliceContent::addressType).containsExactlyInAnyOrder("IPv4", "IPv6");
        assertThat(shard.slices("web"))
                .allSatisfy(slice -> assertThat(slice.endpoints()).hasSize(1));
    }

    @Test
    @DisplayName("EPS-3: keep a terminating endpoint until the Pod is gone; Endpoints drop it at once")
    void terminatingStays() {
        shard.put(SERVICES, "web", service(""));
        shard.put(PODS, "p1", pod("10.1.0.1", true, ",'deletionTimestamp':'2026-01-01T00:00:00Z'", ""));
        assertThat(only().serving()).isTrue();
        assertThat(shard.json(ENDPOINTS, "web").has("subsets")).isFalse();
        shard.remove(PODS, "p1");
        assertThat(shard.slices("web").get(0).endpoints()).isEmpty();
    }

    @Test
    @DisplayName("give the hostname of a Pod whose subdomain is the Service, and mark headless slices")
    void hostnames() {
        shard.put(SERVICES, "web", service("").replace("10.0.0.1", "None"));
        shard.put(PODS, "p1", pod("10.1.0.1", true, "", ",'hostname':'p1','subdomain':'web'"));
        assertThat(only().hostname()).isEqualTo("p1");
        assertThat(shard.slices("web").get(0).labels()).containsEntry("service.kubernetes.io/headless", "");
    }

    @Test
    @DisplayName("truncate the Endpoints object at 1,000 addresses and say so")
    void truncation() {
        for (int i = 0; i < 1_001; i++) {
            shard.put(PODS, "p" + i, pod("10.1." + i / 250 + "." + i % 250, true, "", ""));
        }
        shard.put(SERVICES, "web", service(""));
        JsonNode endpoints = shard.json(ENDPOINTS, "web");
        assertThat(endpoints.path("subsets").path(0).path("addresses")).hasSize(1_000);
        assertThat(endpoints
                        .at("/metadata/annotations/endpoints.kubernetes.io~1over-capacity")
                        .asText())
                .isEqualTo("truncated");
        assertThat(shard.slices("web")).hasSize(11);
        shard.remove(PODS, "p7");
        assertThat(shard.json(ENDPOINTS, "web").path("metadata").has("annotations"))
                .isFalse();
    }

    @Test
    @DisplayName("rewrite exactly one slice for one Pod's readiness in a Service of 250")
    void churn() {
        for (int i = 0; i < 250; i++) {
            shard.put(PODS, "p" + i, pod("10.1.0." + i, true, "", ""));
        }
        shard.put(SERVICES, "web", service(""));
        shard.put(PODS, "p123", pod("10.1.0.123", false, "", ""));
        assertThat(shard.writes())
                .filteredOn(write -> write.key().type().equals(SLICES))
                .hasSize(1);
        shard.put(PODS, "p123", pod("10.1.0.123", false, ",'annotations':{'seen':'now'}", ""));
        assertThat(shard.writes()).isEmpty();
    }

    @Test
    @DisplayName("mirror hand-written Endpoints of a Service without a selector, unless told not to")
    void mirroring() {
        shard.put(SERVICES, "legacy", "{'spec':{'ports':[{'port':80}]}}");
        String written = "{'metadata':{'labels':{'own':'yes'}},'subsets':[{'addresses':[{'ip':'10.9.0.1'}],"
                + "'notReadyAddresses':[{'ip':'fd00::2'}],'ports':[{'port':9376,'protocol':'TCP'}]}]}";
        shard.put(ENDPOINTS, "legacy", written);
        assertThat(shard.slices("legacy"))
                .hasSize(2)
                .allSatisfy(slice -> assertThat(slice.labels())
                        .containsEntry(
                                "endpointslice.kubernetes.io/managed-by", "endpointslicemirroring-controller.k8s.io")
                        .containsEntry("own", "yes"));
        assertThat(shard.slices("legacy"))
                .flatExtracting(SliceContent::endpoints)
                .extracting(SliceEndpoint::address, SliceEndpoint::ready)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("10.9.0.1", true),
                        org.assertj.core.groups.Tuple.tuple("fd00::2", false));
        shard.put(
                ENDPOINTS,
                "legacy",
                written.replace("'own':'yes'", "'endpointslice.kubernetes.io/skip-mirror':'true'"));
        assertThat(shard.slices("legacy")).isEmpty();
    }

    @Test
    @DisplayName("leave slices of other managers alone and put right what others did to managed ones")
    void otherManagers() {
        shard.put(SERVICES, "web", service(""));
        shard.put(PODS, "p1", pod("10.1.0.1", true, "", ""));
        shard.put(
                SLICES,
                "mine",
                "{'metadata':{'labels':{'kubernetes.io/service-name':'web'}},'addressType':'IPv4','endpoints':[]}");
        assertThat(shard.writes()).isEmpty();
        ResourceKey managed = shard.list(SLICES, "ns").stream()
                .map(each -> each.key())
                .filter(key -> !key.name().equals("mine"))
                .findFirst()
                .orElseThrow();
        shard.remove(SLICES, managed.name());
        assertThat(shard.get(managed)).isNotNull();
        shard.put(SLICES, managed.name(), "{'metadata':{'labels':{'kubernetes.io/service-name':'web'}}}");
        assertThat(shard.slices("web")).flatExtracting(SliceContent::endpoints).hasSize(1);
        shard.remove(SERVICES, "web");
        assertThat(shard.list(SLICES, "ns"))
                .extracting(each -> each.key().name())
                .containsExactly("mine");
        assertThat(shard.list(ENDPOINTS, "ns")).isEmpty();
    }

    @Test
    @DisplayName("follow a Service's ports by rewriting its slices, not by replacing them")
    void portsChange() {
        shard.put(SERVICES, "web", service(""));
        shard.put(PODS, "p1", pod("10.1.0.1", true, "", ""));
        ResourceKey before = shard.list(SLICES, "ns").iterator().next().key();
        shard.put(SERVICES, "web", service("").replace("8080", "9090"));
        assertThat(shard.list(SLICES, "ns")).extracting(each -> each.key()).containsExactly(before);
        assertThat(shard.slices("web").get(0).ports().get(0).port()).isEqualTo(9090);
    }
}
