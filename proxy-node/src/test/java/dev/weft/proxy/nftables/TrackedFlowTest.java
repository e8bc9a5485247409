package dev.weft.proxy.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.nftables.ListenerRules.Endpoint;
import dev.weft.proxy.view.Protocol;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a connection or flow that the kernel remembers")
class TrackedFlowTest {
    private static final ListenerKey DNS = new ListenerKey("10.96.0.10", 53, Protocol.UDP);
    private static final Endpoint ONE = new Endpoint("10.0.0.1", 5353);
    private static final Endpoint TWO = new Endpoint("10.0.0.2", 5353);

    @Test
    @DisplayName("is read as conntrack prints it, answered or not, counted or not, of either family")
    void read() {
        assertThat(TrackedFlow.read("""
                udp      17 29 src=10.91.0.2 dst=10.96.0.10 sport=40001 dport=53 src=10.0.0.1 dst=10.91.1.1 sport=5353 dport=1024 [ASSURED] mark=0 use=1
                udp      17 9 src=10.91.0.2 dst=10.96.0.10 sport=40002 dport=53 [UNREPLIED] src=10.0.0.2 dst=10.91.0.2 sport=5353 dport=40002 mark=0 use=1
                udp      17 9 src=fd91::2 dst=fd96::6 sport=9 dport=53 packets=1 bytes=29 src=fd91:1::2 dst=fd91::2 sport=5353 dport=9 packets=1 bytes=34 mark=0 use=1
                conntrack v1.4.7 (conntrack-tools): 3 flow entries have been shown.
                """, Protocol.UDP))
                .containsExactly(
                        new TrackedFlow(DNS, ONE),
                        new TrackedFlow(DNS, TWO),
                        new TrackedFlow(new ListenerKey("fd96::6", 53, Protocol.UDP), new Endpoint("fd91:1::2", 5353)));
        assertThat(TrackedFlow.read(
                        "tcp      6 431999 ESTABLISHED src=10.91.0.2 dst=10.96.0.10 sport=5 dport=80"
                                + " src=10.0.0.1 dst=10.91.1.1 sport=8080 dport=5 [ASSURED] mark=0 use=1",
                        Protocol.TCP))
                .containsExactly(new TrackedFlow(
                        new ListenerKey("10.96.0.10", 80, Protocol.TCP), new Endpoint("10.0.0.1", 8080)));
    }

    @Test
    @DisplayName("is stale where its listener has endpoints without the one that answers, and where it has none")
    void stale() {
        ListenerKey other = new ListenerKey("10.96.0.11", 53, Protocol.UDP);
        ListenerKey nobodys = new ListenerKey("10.96.0.12", 53, Protocol.UDP);
        List<TrackedFlow> flows = List.of(
                new TrackedFlow(DNS, ONE),
                new TrackedFlow(DNS, TWO),
                new TrackedFlow(other, TWO),
                new TrackedFlow(nobodys, ONE));
        assertThat(StaleFlow.among(flows, Map.of(DNS, Set.of(TWO), other, Set.of())))
                .containsExactlyInAnyOrder(new StaleFlow(DNS, ONE), new StaleFlow(other, TWO));
    }
}
