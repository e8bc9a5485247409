package dev.weft.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("a node's own clients (KP-1)")
class OwnSourcesTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 192.0.2.7, true",
        "::1, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.7, true",
        "198.51.100.9, 192.0.2.7, false",
        "10.244.3.4, 192.0.2.7, true",
        "10.245.0.1, 192.0.2.7, false",
        "fd44::9, 192.0.2.7, true",
        "fd45::9, 192.0.2.7, false"
    })
    @DisplayName("are those of loopback, of the address that they call, and of its Pods' networks")
    void contain(String client, String at, boolean own) {
        OwnSources sources = new OwnSources(List.of("10.244.0.0/16", "fd44::/64"));
        assertThat(sources.contain(new InetSocketAddress(client, 1), new InetSocketAddress(at, 80)))
                .isEqualTo(own);
        assertThat(new OwnSources(List.of()).contain(new InetSocketAddress("10.244.3.4", 1), null))
                .isFalse();
    }

    @Test
    @DisplayName("are those of any address that the host has when it was last looked")
    void host() throws Exception {
        OwnSources sources = new OwnSources(List.of());
        sources.refresh();
        java.net.NetworkInterface.networkInterfaces()
                .flatMap(java.net.NetworkInterface::inetAddresses)
                .forEach(address -> assertThat(sources.contain(new InetSocketAddress(address, 9), null))
                        .as(address.toString())
                        .isTrue());
    }
}
