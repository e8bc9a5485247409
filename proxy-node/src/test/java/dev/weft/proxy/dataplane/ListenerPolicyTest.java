package dev.weft.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.health.HealthCheck;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.TrafficPolicy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("what a service asks of its listeners")
class ListenerPolicyTest {
    private static ServiceEntry entry(Map<String, String> annotations, List<String> restricted, List<String> ranges) {
        return new ServiceEntry(
                ServiceKey.service("default", "web"),
                List.of("10.0.0.1"),
                List.of("192.0.2.1", "192.0.2.2"),
                List.of(),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                true,
                null,
                null,
                false,
                null,
                null,
                restricted,
                ranges,
                annotations,
                0);
    }

    @Test
    @DisplayName("is read from its annotations; what is not understood is left to the configuration")
    void annotations() {
        assertThat(ListenerPolicy.of(
                        entry(
                                Map.of(
                                        "max-connections",
                                        "100",
                                        "max-connections-by-endpoint",
                                        "7",
                                        "idle-timeout",
                                        "5m"),
                                List.of(),
                                List.of()),
                        "10.0.0.1"))
                .isEqualTo(new ListenerPolicy(List.of(), 100, 7, Duration.ofMinutes(5)));
        assertThat(ListenerPolicy.of(
                        entry(
                                Map.of(
                                        "max-connections",
                                        "many",
                                        "max-connections-by-endpoint",
                                        "-1",
                                        "idle-timeout",
                                        "soon"),
                                List.of(),
                                List.of()),
                        "10.0.0.1"))
                .isEqualTo(ListenerPolicy.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "algorithm|least-connection|fastest",
                "mode|nftables|kernel",
                "locality|zone|near",
                "cluster-weights|east=3, west=1|east:3",
                "zone-weights|a=0|a=-1",
                "max-connections|100|1e3",
                "max-connections-by-endpoint|7|-7",
                "idle-timeout|30s|30 seconds"
            })
    @DisplayName("is told where it cannot be read, with what was expected")
    void unreadable(String name, String good, String bad) {
        assertThat(Wishes.unreadable(entry(Map.of(name, good), List.of(), List.of())))
                .isEmpty();
        assertThat(Wishes.unreadable(entry(Map.of(name, bad), List.of(), List.of())))
                .singleElement()
                .asString()
                .startsWith("mesh.weft.dev/" + name + "=" + bad + " (expected: ");
    }

    @Test
    @DisplayName("is told for ports of SCTP, which nobody relays")
    void sctp() {
        ServiceEntry entry = new ServiceEntry(
                ServiceKey.service("default", "web"),
                List.of("10.0.0.1"),
                List.of(),
                List.of(new ServicePort("a", Protocol.TCP, 80, 0), new ServicePort("b", Protocol.SCTP, 81, 0)),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                false,
                null,
                null);
        assertThat(Wishes.unreadable(entry))
                .containsExactly("port 81 is of SCTP, which is not relayed: nobody listens");
    }

    @Test
    @DisplayName("may be checks of its endpoints; one that cannot be read is told, and not made")
    void checks() {
        HealthCheck defaults = new HealthCheck("", "", 200, 399, Duration.ofSeconds(5), Duration.ofSeconds(1), 2, 3);
        Map<String, String> asked = Map.of(
                "data-path-check",
                "http:/healthz",
                "health-check-port",
                "8080",
                "health-check-status",
                "204",
                "health-check-interval",
                "500ms",
                "health-check-unhealthy-threshold",
                "1",
                "algorithm",
                "random");
        Map<String, String> kept = ListenerPolicy.of(entry(asked, List.of(), List.of()), "10.0.0.1")
                .checks();
        assertThat(kept).hasSize(5).doesNotContainKey("algorithm");
        assertThat(HealthCheck.ofDataPath(kept, defaults))
                .isEqualTo(new HealthCheck(
                        "/healthz", "8080", 204, 204, Duration.ofMillis(500), Duration.ofMillis(500), 2, 1));
        assertThat(ListenerPolicy.of(entry(Map.of("health-check-port", "1"), List.of(), List.of()), "10.0.0.1"))
                .as("no wish for checks from here")
                .isEqualTo(ListenerPolicy.NONE);
        for (Map<String, String> bad : List.of(
                Map.of("data-path-check", "ping"),
                Map.of("data-path-check", "tcp", "health-check-port", "http"),
                Map.of("data-path-check", "tcp", "health-check-interval", "often"))) {
            assertThat(HealthCheck.ofDataPath(bad, defaults)).isNull();
            assertThat(Wishes.unreadable(entry(bad, List.of(), List.of())))
                    .singleElement()
                    .asString()
                    .contains("(expected: ");
        }
    }

    @Test
    @DisplayName("bounds the sources of its load balancer's addresses, not of the others")
    void ranges() {
        ServiceEntry entry = entry(Map.of(), List.of("192.0.2.1"), List.of("10.0.0.0/8"));
        assertThat(ListenerPolicy.of(entry, "192.0.2.1").sourceRanges()).containsExactly("10.0.0.0/8");
        assertThat(ListenerPolicy.of(entry, "192.0.2.2").sourceRanges()).isEmpty();
        assertThat(ListenerPolicy.of(entry, "10.0.0.1").sourceRanges()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.0.0.0/8;11.0.0.1/32, 11.0.0.1, true",
        "0.0.0.0/0, 192.0.2.9, true",
        "fd00::/8, fd12::1, true",
        "fd00::/8, fe80::1, false",
        "fd00::/8, 10.0.0.1, false",
        "0.0.0.0/0, fd12::1, false",
        "10.0.0.0, 10.0.0.0, false",
        "nonsense/8, 10.0.0.1, false",
    })
    @DisplayName("lets in who is in a range, and nobody for what is none")
    void gate(String ranges, String client, boolean in) {
        SourceGate gate = new SourceGate(List.of(ranges.split(";", -1)));
        assertThat(gate.admits(new InetSocketAddress(client, 9))).isEqualTo(in);
        assertThat(SourceGate.OPEN.admits(new InetSocketAddress(client, 9))).isTrue();
    }
}
