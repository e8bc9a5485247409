package dev.weft.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proxy.balance.Traffic;
import dev.weft.proxy.dataplane.BindState;
import dev.weft.proxy.dataplane.ConnectTimes;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.dataplane.ListenerStatus;
import dev.weft.proxy.dataplane.ListenerStatus.EndpointStatus;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the numbers for Prometheus")
class MetricsTextTest {
    private static final MetricsSettings SETTINGS = settings("", 10, 10);

    private static MetricsSettings settings(String listen, int listeners, int endpoints) {
        return new MetricsSettings(listen, listeners, endpoints, Duration.ofMillis(1), Duration.ofMillis(1));
    }

    private static EndpointStatus endpoint(String address, String cluster, long picks) {
        return new EndpointStatus(address, cluster, 1, picks, 2, 3, 1, true, 100, 200, false);
    }

    private static ListenerStatus listener(String service, long accepted, EndpointStatus... endpoints) {
        List<Long> counts = new ArrayList<>(Collections.nCopies(ConnectTimes.BOUNDS_MICROS.size() + 1, 0L));
        counts.set(0, 5L);
        counts.set(2, 2L);
        counts.set(ConnectTimes.BOUNDS_MICROS.size(), 1L);
        return new ListenerStatus(
                ServiceKey.service("default", service),
                new ListenerKey("10.0.0.1", 80, Protocol.TCP),
                BindState.BOUND,
                "",
                "round-robin",
                accepted,
                4,
                6,
                7,
                8,
                9,
                11,
                13,
                new Traffic(1_000, 2_000),
                Map.of("", new ConnectTimes(counts, 1_500_000)),
                List.of(endpoints));
    }

    private static KernelNumbers.Led led(String service, long connections) {
        return new KernelNumbers.Led(
                ServiceKey.service("default", service), new ListenerKey("10.0.0.2", 53, Protocol.UDP), connections);
    }

    private static KernelNumbers.Endpoint ledTo(String address, long connections, Traffic bytes) {
        return new KernelNumbers.Endpoint(
                ServiceKey.service("default", "dns"),
                new ListenerKey("10.0.0.2", 53, Protocol.UDP),
                address,
                "west",
                connections,
                bytes);
    }

    private static String text(MetricsSettings settings, ListenerStatus... listeners) {
        KernelNumbers kernel = new KernelNumbers(
                true,
                21,
                3,
                5,
                2,
                Instant.ofEpochMilli(1_763_800_000_250L),
                List.of(led("dns", 8), led("idle", 0), led("rare", 1)),
                List.of(ledTo("10.2.2.1:53", 6, new Traffic(70, 80)), ledTo("10.2.2.2:53", 2, Traffic.NONE)));
        return MetricsText.of(List.of(listeners), Map.of("round-robin", 42L), 4, kernel, settings);
    }

    @Test
    @DisplayName("tell what listeners and endpoints did, by service, endpoint and cluster")
    void tells() {
        String web = "kind=\"service\",namespace=\"default\",service=\"web\",listener=\"10.0.0.1:80\",protocol=\"tcp\"";
        assertThat(text(SETTINGS, listener("web", 12, endpoint("10.1.1.1:80", "west", 9)))
                        .lines())
                .contains(
                        "weft_proxy_open_connections 4",
                        "weft_proxy_listeners{state=\"bound\"} 1",
                        "weft_proxy_listeners{state=\"address-in-use\"} 0",
                        "weft_proxy_nftables_available 1",
                        "weft_proxy_nftables_services{by=\"kernel\"} 21",
                        "weft_proxy_nftables_services{by=\"listeners\"} 3",
                        "weft_proxy_nftables_transactions_total 5",
                        "weft_proxy_nftables_failures_total 2",
                        "weft_proxy_nftables_counted_timestamp_seconds 1763800000.250",
                        "weft_proxy_nftables_connections_total{kind=\"service\",namespace=\"default\",service=\"dns\","
                                + "listener=\"10.0.0.2:53\",protocol=\"udp\"} 8",
                        "weft_proxy_picks_total{algorithm=\"round-robin\"} 42",
                        "weft_proxy_listener_connections_total{" + web + "} 12",
                        "weft_proxy_listener_refused_total{" + web + ",reason=\"no-endpoint\"} 6",
                        "weft_proxy_listener_refused_total{" + web + ",reason=\"limit\"} 7",
                        "weft_proxy_listener_refused_total{" + web + ",reason=\"source\"} 9",
                        "weft_proxy_listener_idle_closed_total{" + web + "} 8",
                        "weft_proxy_listener_bytes_to_total{" + web + "} 1000",
                        "weft_proxy_listener_bytes_from_total{" + web + "} 2000",
                        "weft_proxy_listener_retries_total{" + web + "} 11",
                        "weft_proxy_connect_seconds_bucket{" + web + ",cluster=\"\",le=\"0.0001\"} 5",
                        "weft_proxy_connect_seconds_bucket{" + web + ",cluster=\"\",le=\"0.0005\"} 7",
                        "weft_proxy_connect_seconds_bucket{" + web + ",cluster=\"\",le=\"1\"} 7",
                        "weft_proxy_connect_seconds_bucket{" + web + ",cluster=\"\",le=\"+Inf\"} 8",
                        "weft_proxy_connect_seconds_sum{" + web + ",cluster=\"\"} 0.0015",
                        "weft_proxy_connect_seconds_count{" + web + ",cluster=\"\"} 8",
                        "weft_proxy_endpoint_picks_total{" + web + ",endpoint=\"10.1.1.1:80\",cluster=\"west\"} 9",
                        "weft_proxy_endpoint_ejected{" + web + ",endpoint=\"10.1.1.1:80\",cluster=\"west\"} 1",
                        "weft_proxy_endpoint_bytes_from_total{" + web
                                + ",endpoint=\"10.1.1.1:80\",cluster=\"west\"} 200");
    }

    @Test
    @DisplayName("tell what the kernel led to each endpoint, and bytes where it counts them")
    void kernelEndpoints() {
        String dns = "{kind=\"service\",namespace=\"default\",service=\"dns\",listener=\"10.0.0.2:53\","
                + "protocol=\"udp\",endpoint=\"10.2.2.%d:53\",cluster=\"west\"} ";
        assertThat(text(SETTINGS).lines().filter(line -> line.startsWith("weft_proxy_nftables_endpoint")))
                .containsExactly(
                        "weft_proxy_nftables_endpoint_connections_total" + dns.formatted(1) + 6,
                        "weft_proxy_nftables_endpoint_connections_total" + dns.formatted(2) + 2,
                        "weft_proxy_nftables_endpoint_bytes_to_total" + dns.formatted(1) + 70,
                        "weft_proxy_nftables_endpoint_bytes_from_total" + dns.formatted(1) + 80);
    }

    @Test
    @DisplayName(
            "are lines that Prometheus reads: each family with its help and type once and in one piece, no line twice")
    void format() {
        List<String> lines = text(
                        SETTINGS,
                        listener("web", 12, endpoint("10.1.1.1:80", "", 9), endpoint("10.1.1.2:80", "", 9)),
                        listener("shop", 1))
                .lines()
                .toList();
        assertThat(lines)
                .doesNotHaveDuplicates()
                .allSatisfy(
                        line -> assertThat(line)
                                .matches(
                                        "# (HELP|TYPE) weft_proxy_[a-z_]+ .+|weft_proxy_[a-z_]+(\\{([a-z]+=\"[^\"]*\",?)+})? [0-9.]+"));
        List<String> families = lines.stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0].replaceAll("_(bucket|sum|count)$", ""))
                .toList();
        List<String> pieces = new ArrayList<>();
        families.forEach(family -> {
            if (pieces.isEmpty() || !pieces.get(pieces.size() - 1).equals(family)) {
                pieces.add(family);
            }
        });
        assertThat(pieces).doesNotHaveDuplicates();
        Set<String> typed = lines.stream()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ", -1)[2])
                .collect(Collectors.toSet());
        assertThat(typed).containsAll(pieces);
    }

    @Test
    @DisplayName("stay bounded: idle listeners are left out, then those with the fewest connections, which is told")
    void bounded() {
        String text = text(
                settings("", 1, 1),
                listener("idle", 0, endpoint("10.1.1.9:80", "", 0)),
                listener("quiet", 1, endpoint("10.1.1.8:80", "", 1)),
                listener("busy", 100, endpoint("10.1.1.1:80", "", 70), endpoint("10.1.1.2:80", "", 30)));
        assertThat(text)
                .contains(
                        "service=\"busy\"",
                        "service=\"dns\"",
                        "10.1.1.1:80",
                        "{what=\"listeners\"} 2",
                        "{what=\"endpoints\"} 2")
                .doesNotContain("10.2.2.2:53", "quiet", "idle\"", "rare", "10.1.1.2:80");
    }

    @Test
    @DisplayName("are configured in a way that makes sense")
    void settings() {
        assertThatThrownBy(() -> settings("nowhere", 1, 1)).hasMessageContaining("nowhere");
        assertThatThrownBy(() -> settings("", 0, 1)).hasMessageContaining("max-listeners=0");
    }
}
