package dev.weft.registry.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("EPS-8: the shares of zones")
class ZoneSharesTest {
    private static final NodeRecord A = new NodeRecord("za", 4000, true);
    private static final NodeRecord B = new NodeRecord("zb", 2000, true);

    private static ZoneShares with(NodeRecord... more) {
        List<NodeRecord> nodes = new ArrayList<>(List.of(A, B));
        nodes.addAll(List.of(more));
        return ZoneShares.of(nodes);
    }

    @Test
    @DisplayName("are the same for twice the CPUs in all zones, and others for more in one")
    void ratios() {
        assertThat(with().parts()).isEqualTo(Map.of("za", 2L, "zb", 1L));
        assertThat(with(A, B)).isEqualTo(with());
        assertThat(with(B).parts()).isEqualTo(Map.of("za", 1L, "zb", 1L));
    }

    @Test
    @DisplayName("leave out nodes that do not count, whatever they lack; are none if another lacks its zone or CPU")
    void incomplete() {
        assertThat(with(new NodeRecord("", 0, false), new NodeRecord("zc", 8000, false)))
                .isEqualTo(with());
        assertThat(with(new NodeRecord("", 4000, true))).isEqualTo(ZoneShares.NONE);
        assertThat(with(new NodeRecord("za", 0, true))).isEqualTo(ZoneShares.NONE);
        assertThat(ZoneShares.of(List.of(A, A))).as("one zone").isEqualTo(ZoneShares.NONE);
        assertThat(ZoneShares.of(List.of())).isEqualTo(ZoneShares.NONE).isNotEqualTo(ZoneShares.UNKNOWN);
    }

    @ParameterizedTest(name = "a Node with label {0}, Ready {1} and status {2} has {3} thousandths and counts: {4}")
    @CsvSource(
            delimiter = ';',
            value = {
                "x;True;'allocatable':{'cpu':'3920m'},'capacity':{'cpu':'4'};3920;true",
                "x;True;'capacity':{'cpu':'4'};4000;true",
                "x;True;'allocatable':{'memory':'1Gi'},'capacity':{'cpu':'4'};0;true",
                "x;True;'allocatable':{'cpu':'9E'};1000000000000;true",
                "x;False;'allocatable':{'cpu':2};2000;false",
                "x;Unknown;'allocatable':{'cpu':'2'};2000;false",
                "node-role.kubernetes.io/control-plane;True;'allocatable':{'cpu':'2'};2000;false",
                "node-role.kubernetes.io/master;True;'allocatable':{'cpu':'2'};2000;false"
            })
    void nodes(String label, String ready, String status, long millis, boolean counts) {
        NodeRecord node = NodeRecord.parse(FakeShard.tree("{'metadata':{'labels':{'topology.kubernetes.io/zone':'za','"
                + label + "':''}},'status':{" + status + ",'conditions':[{'type':'DiskPressure','status':'True'},"
                + "{'type':'Ready','status':'" + ready + "'}]}}"));
        assertThat(node).isEqualTo(new NodeRecord("za", millis, counts));
    }
}
