package dev.weft.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.Slice;
import dev.weft.proxy.view.SliceEndpoint;
import dev.weft.proxy.view.TrafficPolicy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the listeners of a service on a node")
class ListenerPlanTest {
    private static final ServiceKey DNS = ServiceKey.service("default", "dns");
    private static final NodeIdentity NODE = new NodeIdentity("here", "", "");

    private static SliceEndpoint endpoint(String address, String node, @Nullable String zone) {
        return new SliceEndpoint(address, true, true, false, node, zone, Set.of(), Set.of(), null, 1);
    }

    private static Slice slice(boolean ipv6, SliceEndpoint... endpoints) {
        return new Slice(
                ipv6 ? "default/dns-6" : "default/dns-4",
                DNS,
                "",
                ipv6,
                1,
                List.of(new Slice.SlicePort("dns", Protocol.UDP, 5353), new Slice.SlicePort("tcp", Protocol.TCP, 5353)),
                List.of(endpoints));
    }

    private static ServicePicture picture(TrafficPolicy external, Slice... slices) {
        return picture(List.of("10.96.0.10", "fd00::10"), external, slices);
    }

    private static ServicePicture picture(List<String> virtual, TrafficPolicy external, Slice... slices) {
        ServiceEntry entry = new ServiceEntry(
                DNS,
                virtual,
                List.of("192.0.2.7"),
                List.of(
                        new ServicePort("dns", Protocol.UDP, 53, 30053),
                        new ServicePort("tcp", Protocol.TCP, 53, 30053),
                        new ServicePort("sctp", Protocol.SCTP, 99, 0)),
                TrafficPolicy.CLUSTER,
                external,
                true,
                null,
                null);
        Map<String, Slice> byId = new java.util.HashMap<>();
        for (Slice slice : slices) {
            byId.put(slice.id(), slice);
        }
        return new ServicePicture(DNS, entry, byId);
    }

    @Test
    @DisplayName(
            "are at cluster IPs, external addresses and node ports alike, for TCP and for UDP, IPv4 and IPv6; none for SCTP")
    void everywhere() {
        List<ListenerPlan> plans = ListenerPlan.of(
                picture(
                        TrafficPolicy.CLUSTER,
                        slice(false, endpoint("10.1.0.1", "there", null)),
                        slice(true, endpoint("fd01::1", "there", null))),
                NODE,
                List.of("192.0.2.1"));
        assertThat(plans)
                .extracting(plan -> plan.key().toString())
                .containsExactlyInAnyOrder(
                        "UDP 10.96.0.10:53",
                        "UDP [fd00::10]:53",
                        "UDP 192.0.2.7:53",
                        "UDP 192.0.2.1:30053",
                        "TCP 10.96.0.10:53",
                        "TCP [fd00::10]:53",
                        "TCP 192.0.2.7:53",
                        "TCP 192.0.2.1:30053");
        assertThat(plans)
                .allSatisfy(plan -> assertThat(plan.candidates())
                        .extracting(Candidate::authority)
                        .containsExactly(plan.key().address().indexOf(':') >= 0 ? "[fd01::1]:5353" : "10.1.0.1:5353"));
    }

    @Test
    @DisplayName("are at the node addresses of the Service's families only, as in the kernel")
    void nodePortsOfItsFamilies() {
        Slice slice = slice(false, endpoint("10.1.0.1", "there", null));
        assertThat(ListenerPlan.of(
                        picture(List.of("10.96.0.10"), TrafficPolicy.CLUSTER, slice),
                        NODE,
                        List.of("192.0.2.1", "2001:db8::1")))
                .extracting(plan -> plan.key().toString())
                .contains("TCP 192.0.2.1:30053")
                .doesNotContain("TCP [2001:db8::1]:30053", "UDP [2001:db8::1]:30053");
    }

    @Test
    @DisplayName("lead clients of this host to all endpoints where others get those of the node only (KP-1)")
    void shortWay() {
        Slice slice = slice(false, endpoint("10.1.0.1", "here", null), endpoint("10.1.0.2", "there", null));
        List<ListenerPlan> plans =
                ListenerPlan.of(picture(TrafficPolicy.LOCAL, slice), NODE, List.of("192.0.2.1")).stream()
                        .filter(plan -> plan.key().address().indexOf(':') < 0)
                        .toList();
        for (ListenerPlan plan : plans) {
            boolean external = plan.key().address().startsWith("192.");
            assertThat(authorities(plan))
                    .as(plan.key().toString())
                    .containsExactly(external ? new String[] {"10.1.0.1:5353"} : BOTH);
            ListenerPlan own = plan.own();
            assertThat(own != null).as(plan.key().toString()).isEqualTo(external);
            if (own != null) {
                assertThat(authorities(own)).containsExactly(BOTH);
            }
        }
        Slice ours = slice(false, endpoint("10.1.0.1", "here", null));
        assertThat(ListenerPlan.of(picture(TrafficPolicy.LOCAL, ours), NODE, List.of("192.0.2.1")))
                .as("the same way")
                .allMatch(plan -> plan.own() == null);
    }

    private static final String[] BOTH = {"10.1.0.1:5353", "10.1.0.2:5353"};

    private static List<String> authorities(ListenerPlan plan) {
        return plan.candidates().stream().map(Candidate::authority).toList();
    }
}
