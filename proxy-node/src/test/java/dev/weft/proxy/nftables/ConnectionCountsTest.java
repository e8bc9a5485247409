package dev.weft.proxy.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The kernel's counts of connections")
class ConnectionCountsTest {
    private static final ServiceKey WEB = ServiceKey.service("default", "web");
    private static final ListenerKey PORT = new ListenerKey("10.96.0.10", 80, Protocol.TCP);

    private final ConnectionCounts counts = new ConnectionCounts();

    private static JsonNode listing(String elements) {
        return Pictures.json("{'nftables':[{'metainfo':{}},{'map':{'name':'services/4','elem':[" + elements + "]}}]}");
    }

    private static String element(String place, int packets, String verdict) {
        return "[{'elem':{'val':{'concat':[" + place + "]},'counter':{'packets':" + packets + ",'bytes':9}}}," + verdict
                + "]";
    }

    private long sum(long counted) {
        return counts.take(Map.of(PORT, counted), listener -> WEB, service -> false)
                .get(0)
                .connections();
    }

    @Test
    @DisplayName("are read by listener as nft prints them; what is dropped is led nowhere")
    void read() {
        assertThat(ConnectionCounts.read(listing(element("'10.96.0.10','tcp',80", 3, "{'goto':{'target':'turn/x'}}")
                        + "," + element("'10.96.0.11','udp',53", 7, "{'goto':{'target':'turn/y'}}")
                        + "," + element("'10.96.0.12','tcp',80", 5, "{'drop':null}"))))
                .isEqualTo(Map.of(PORT, 3L, new ListenerKey("10.96.0.11", 53, Protocol.UDP), 7L));
        assertThat(ConnectionCounts.read(Pictures.json("{'nftables':[{'map':{'name':'services/6'}}]}")))
                .isEmpty();
    }

    @Test
    @DisplayName("add up over a listener that is led anew, whose count in the kernel begins at zero")
    void sums() {
        assertThat(sum(3)).isEqualTo(3);
        assertThat(sum(5)).isEqualTo(5);
        assertThat(sum(1)).isEqualTo(6);
        assertThat(sum(1)).isEqualTo(6);
    }

    @Test
    @DisplayName("do not fall while their service is away from the kernel, and go on when it comes back")
    void away() {
        assertThat(sum(3)).isEqualTo(3);
        assertThat(counts.take(Map.of(), listener -> null, WEB::equals))
                .containsExactly(new KernelListener(WEB, PORT, 3));
        assertThat(sum(2)).isEqualTo(5);
        assertThat(counts.take(Map.of(), listener -> null, service -> false)).isEmpty();
    }

    @Test
    @DisplayName("miss nothing of a new table, though it has counted more already than the one before")
    void anew() {
        assertThat(sum(3)).isEqualTo(3);
        counts.beginAnew();
        assertThat(sum(5)).isEqualTo(8);
    }

    @Test
    @DisplayName("begin anew for another service at the same place, and are nobody's where none has it")
    void otherService() {
        assertThat(sum(3)).isEqualTo(3);
        ServiceKey other = ServiceKey.service("default", "other");
        assertThat(counts.take(Map.of(PORT, 4L), listener -> other, service -> false))
                .containsExactly(new KernelListener(other, PORT, 1));
        assertThat(counts.take(Map.of(PORT, 4L), listener -> null, service -> false))
                .isEmpty();
    }
}
