package dev.weft.deploy.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The table of traffic")
class TrafficTableTest {
    private static String reading(int connections, int bytes) {
        String web = "{kind=\"service\",namespace=\"default\",service=\"web\",listener=\"10.0.0.1:80\"";
        return """
                # HELP weft_proxy_open_connections Connections open through this node.
                weft_proxy_open_connections 7
                weft_proxy_listener_connections_total%1$s} %2$d
                weft_proxy_listener_open_connections%1$s} 7
                weft_proxy_listener_bytes_to_total%1$s} %3$d
                weft_proxy_listener_refused_total%1$s,reason="limit"} 2
                weft_proxy_endpoint_picks_total%1$s,endpoint="10.1.1.1:80",cluster="west"} %2$d
                weft_proxy_endpoint_ejected%1$s,endpoint="10.1.1.1:80",cluster="west"} 1
                weft_proxy_endpoint_bytes_to_total%1$s,endpoint="10.1.1.1:80",cluster="west"} %3$d
                weft_proxy_endpoint_ejected%1$s,endpoint="10.1.1.2:80",cluster=""} 0
                other_metric{a="b"} 1.5e3
                not a metric
                """.formatted(web, connections, bytes);
    }

    private static List<String> lines(boolean byEndpoint, int most) {
        return TrafficTable.lines(
                        MetricSamples.parse(reading(100, 0)),
                        MetricSamples.parse(reading(150, 30_720)),
                        Duration.ofSeconds(10),
                        byEndpoint,
                        most)
                .stream()
                .map(line -> line.replaceAll(" +", " "))
                .toList();
    }

    @Test
    @DisplayName("tells rates between two readings and what is so far, by service")
    void byService() {
        assertThat(lines(false, 20))
                .containsExactly(
                        "7 open connections, 1 services",
                        "SERVICE CONN/S OPEN TO/S FROM/S RETRY/S FAILURES EJECTED",
                        "default/web 5 7 3.0KiB 0B 0 2 1/2");
    }

    @Test
    @DisplayName("counts what the kernel leads, by service and by endpoint, and bytes where it counts them")
    void kernel() {
        String led = "weft_proxy_nftables_connections_total{kind=\"service\",namespace=\"a\",service=\"b\"} ";
        String to = "weft_proxy_nftables_endpoint_%s_total{kind=\"service\",namespace=\"a\",service=\"b\","
                + "endpoint=\"10.1.1.1:80\",cluster=\"west\"} %d\n";
        MetricSamples before = MetricSamples.parse(to.formatted("connections", 10)
                + to.formatted("bytes_to", 0)
                + to.formatted("bytes_from", 0)
                + led
                + 10);
        MetricSamples now = MetricSamples.parse(to.formatted("connections", 30)
                + to.formatted("bytes_to", 70)
                + to.formatted("bytes_from", 90)
                + led
                + 40);
        assertThat(TrafficTable.lines(before, now, Duration.ofSeconds(10), false, 9))
                .anySatisfy(line -> assertThat(line.replaceAll(" +", " ")).startsWith("a/b 3 0 7B 9B"));
        assertThat(TrafficTable.lines(before, now, Duration.ofSeconds(10), true, 9))
                .anySatisfy(
                        line -> assertThat(line.replaceAll(" +", " ")).startsWith("a/b west/10.1.1.1:80 2 0 7B 9B"));
    }

    @Test
    @DisplayName("tells them by endpoint, the busiest first, and how many more there are")
    void byEndpoint() {
        assertThat(lines(true, 1))
                .containsExactly(
                        "7 open connections, 2 endpoints",
                        "ENDPOINT CONN/S OPEN TO/S FROM/S RETRY/S FAILURES EJECTED",
                        "default/web west/10.1.1.1:80 5 0 3.0KiB 0B - 0 yes",
                        "and 1 more");
    }

    @Test
    @DisplayName("begins anew with a counter that began anew")
    void reset() {
        assertThat(TrafficTable.lines(
                        MetricSamples.parse(reading(500, 0)),
                        MetricSamples.parse(reading(3, 0)),
                        Duration.ofSeconds(1),
                        false,
                        20))
                .last()
                .asString()
                .contains(" 0 ")
                .doesNotContain("-497");
    }

    @Test
    @DisplayName("is read from any numbers in Prometheus' format")
    void parses() {
        assertThat(MetricSamples.parse("a{x=\"1\\\"2\\\\\",y=\"z, }\"} 2.5\nb +Inf\nc 1e-3\nbroken{ 1\n")
                        .all())
                .containsExactly(
                        new MetricSamples.Sample("a", Map.of("x", "1\"2\\", "y", "z, }"), 2.5),
                        new MetricSamples.Sample("b", Map.of(), Double.POSITIVE_INFINITY),
                        new MetricSamples.Sample("c", Map.of(), 0.001));
    }
}
