package dev.weft.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the settings of DNS")
class DnsSettingsTest {

    @Test
    @DisplayName("are by default a server on a free port of this host alone, with bounded answers")
    void defaults() {
        DnsSettings settings = DnsFixture.settings();

        assertThat(settings.listen()).isEqualTo("127.0.0.1:1053");
        assertThat(settings.enabled()).isTrue();
        assertThat(settings.zones()).containsExactly("cluster.local");
        assertThat(settings.pods()).isEqualTo(PodMode.DISABLED);
        assertThat(settings.verifiedNetworks()).isEmpty();
        assertThat(settings.forwarding().networks()).containsExactly("127.0.0.0/8", "::1/128");
        assertThat(DnsFixture.settings("listen = off").enabled()).isFalse();
    }

    @Test
    @DisplayName("that cannot be are refused with the key and what is expected")
    void refused() {
        assertThatThrownBy(() -> DnsFixture.settings("pods = some")).hasMessageContaining("weft.proxy.dns.pods: some");
        assertThatThrownBy(() -> DnsFixture.settings("zones = []")).hasMessageContaining("weft.proxy.dns.zones");
        assertThatThrownBy(() -> DnsFixture.settings("max-udp-payload = 100")).hasMessageContaining("512 to 4096");
        assertThatThrownBy(() -> DnsFixture.settings("forward.failure-recheck = -1s"))
                .hasMessageContaining("failure-recheck=PT-1S");
        assertThatThrownBy(() -> new AddressRanges("key", List.of("10.0.0.0/33")))
                .hasMessageContaining("key: 10.0.0.0/33");
        assertThatThrownBy(() -> Upstreams.parse("key", "dns.example:53", 53))
                .hasMessageContaining("key: dns.example:53");
    }

    @Test
    @DisplayName("take addresses with and without a port, of both families")
    void addresses() {
        assertThat(Upstreams.parse("key", "[::1]:1053", 53).getPort()).isEqualTo(1053);
        assertThat(Upstreams.parse("key", "fd00::1", 53).getPort()).isEqualTo(53);
        assertThat(Upstreams.parse("key", "192.0.2.1:5353", 53).getPort()).isEqualTo(5353);
        assertThat(Upstreams.nameservers(
                        List.of("# x", "search a", " nameserver  192.0.2.1 ", "nameserver fe80::1%eth0")))
                .containsExactly("192.0.2.1", "fe80::1");
    }

    @Test
    @DisplayName("never make the server its own upstream")
    void notItself() {
        DnsSettings settings = DnsFixture.settings("forward.upstreams = [\"127.0.0.1:1053\", \"127.0.0.1:1054\"]");

        assertThat(Upstreams.of(settings.forwarding(), Upstreams.parse("key", "127.0.0.1:1053", 53)))
                .containsExactly(Upstreams.parse("key", "127.0.0.1:1054", 53));
        assertThat(Upstreams.of(settings.forwarding(), Upstreams.parse("key", "0.0.0.0:1053", 53)))
                .hasSize(1);
    }

    @Test
    @DisplayName("know address ranges by their bits")
    void ranges() throws Exception {
        AddressRanges ranges = new AddressRanges("key", List.of("172.16.0.0/12", "fd00::/8"));

        assertThat(ranges.contains(InetAddress.getByName("172.31.255.255"))).isTrue();
        assertThat(ranges.contains(InetAddress.getByName("172.32.0.0"))).isFalse();
        assertThat(ranges.contains(InetAddress.getByName("fdff::1"))).isTrue();
        assertThat(ranges.contains(InetAddress.getByName("fe80::1"))).isFalse();
    }
}
