package dev.weft.proxy.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.balance.Traffic;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.nftables.EndpointCounts.Known;
import dev.weft.proxy.nftables.EndpointCounts.Way;
import dev.weft.proxy.nftables.KernelCounters.Reading;
import dev.weft.proxy.nftables.ListenerRules.Endpoint;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The kernel's counts by endpoint")
class EndpointCountsTest {
    private static final ServiceKey WEB = ServiceKey.service("default", "web");
    private static final Way WAY =
            new Way(new ListenerKey("10.96.0.10", 80, Protocol.TCP), new Endpoint("10.1.1.1", 8080));

    private final EndpointCounts counts = new EndpointCounts();

    private List<KernelEndpoint> take(Map<Way, Long> picks, Map<Way, Long> to, Map<Way, Long> from) {
        return counts.take(new Reading(Map.of(), picks, to, from), way -> new Known(WEB, "west"), service -> false);
    }

    private List<Long> connections(Map<Way, Long> picks) {
        return take(picks, Map.of(), Map.of()).stream()
                .map(KernelEndpoint::connections)
                .toList();
    }

    @Test
    @DisplayName("are read by listener and endpoint as nft prints them")
    void read() {
        JsonNode listing = Pictures.json("{'nftables':[{'metainfo':{}},{'set':{'name':'picks/6','elem':["
                + "{'elem':{'val':{'concat':['fd96::1','udp',53,'fd91::2',5353]},'timeout':3600,'expires':3590,"
                + "'counter':{'packets':7,'bytes':420}}}]}}]}");
        Way way = new Way(new ListenerKey("fd96::1", 53, Protocol.UDP), new Endpoint("fd91::2", 5353));
        assertThat(EndpointCounts.read(listing, "packets")).isEqualTo(Map.of(way, 7L));
        assertThat(EndpointCounts.read(listing, "bytes")).isEqualTo(Map.of(way, 420L));
        assertThat(EndpointCounts.read(Pictures.json("{'nftables':[{'set':{'name':'picks/6'}}]}"), "packets"))
                .isEmpty();
    }

    @Test
    @DisplayName("carry service, cluster and bytes, if those are counted")
    void told() {
        assertThat(take(Map.of(WAY, 3L), Map.of(WAY, 500L), Map.of(WAY, 900L)))
                .containsExactly(
                        new KernelEndpoint(WEB, WAY.listener(), "10.1.1.1:8080", "west", 3, new Traffic(500, 900)));
    }

    @Test
    @DisplayName("stay as they are while the kernel has forgotten an idle endpoint, and go on when it counts again")
    void sums() {
        assertThat(connections(Map.of(WAY, 3L))).containsExactly(3L);
        assertThat(connections(Map.of(WAY, 5L))).containsExactly(5L);
        assertThat(connections(Map.of())).containsExactly(5L);
        assertThat(connections(Map.of(WAY, 6L))).containsExactly(11L);
    }

    @Test
    @DisplayName("stay, with their cluster, while their service is away from the kernel, and go on when it comes back")
    void away() {
        assertThat(connections(Map.of(WAY, 3L))).containsExactly(3L);
        Reading none = new Reading(Map.of(), Map.of(), Map.of(), Map.of());
        assertThat(counts.take(none, way -> null, WEB::equals))
                .containsExactly(new KernelEndpoint(WEB, WAY.listener(), "10.1.1.1:8080", "west", 3, Traffic.NONE));
        counts.beginAnew();
        assertThat(connections(Map.of(WAY, 4L))).containsExactly(7L);
    }

    @Test
    @DisplayName("end with the way: what goes nowhere any more is not told, and is another's when that service has it")
    void gone() {
        Reading reading = new Reading(Map.of(), Map.of(WAY, 3L), Map.of(), Map.of());
        counts.take(reading, way -> new Known(WEB, ""), service -> false);
        assertThat(counts.take(reading, way -> null, service -> false)).isEmpty();
        ServiceKey other = ServiceKey.service("default", "other");
        Reading later = new Reading(Map.of(), Map.of(WAY, 4L), Map.of(), Map.of());
        assertThat(counts.take(later, way -> new Known(other, ""), service -> false))
                .containsExactly(new KernelEndpoint(other, WAY.listener(), "10.1.1.1:8080", "", 1, Traffic.NONE));
    }
}
