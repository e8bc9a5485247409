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

    private static TrafficWindow window(int seconds, String... readings) {
        TrafficWindow window = TrafficWindow.begin(MetricSamples.parse(readings[0]), Duration.ZERO);
        for (int number = 1; number < readings.length; number++) {
            window = window.next(MetricSamples.parse(readings[number]), Duration.ofSeconds((long) seconds * number));
        }
        return window;
    }

    private static List<String> lines(TrafficWindow window, boolean byEndpoint, int most) {
        return TrafficTable.lines(window, byEndpoint, most).stream()
                .map(line -> line.replaceAll(" +", " "))
                .toList();
    }

    private static List<String> lines(boolean byEndpoint, int most) {
        return lines(window(10, reading(100, 0), reading(150, 30_720)), byEndpoint, most);
    }

    /** @param counted when the kernel has been asked, in seconds */
    private static String led(double counted, int connections, int connectionsTo, int bytesTo, int bytesFrom) {
        String service = "{kind=\"service\",namespace=\"a\",service=\"b\"";
        String endpoint = service + ",endpoint=\"10.1.1.1:80\",cluster=\"west\"}";
        return """
                weft_proxy_nftables_services{by="kernel"} 1
                weft_proxy_nftables_counted_timestamp_seconds %1$s
                weft_proxy_nftables_connections_total%2$s} %3$d
                weft_proxy_nftables_endpoint_connections_total%4$s %5$d
                weft_proxy_nftables_endpoint_bytes_to_total%4$s %6$d
                weft_proxy_nftables_endpoint_bytes_from_total%4$s %7$d
                """.formatted(counted, service, connections, endpoint, connectionsTo, bytesTo, bytesFrom);
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
        TrafficWindow window = window(1, led(100, 1, 1, 0, 0), led(200, 10, 10, 0, 0), led(210, 40, 30, 70, 90));
        assertThat(lines(window, false, 9)).last().asString().startsWith("a/b 3 0 7B 9B");
        assertThat(lines(window, true, 9)).last().asString().startsWith("a/b west/10.1.1.1:80 2 0 7B 9B");
    }

    @Test
    @DisplayName("has no rates of the kernel from what it had counted before, and waits for its second answer")
    void kernelBefore() {
        String none = "weft_proxy_nftables_services{by=\"kernel\"} 1\n";
        String old = led(100, 50_000, 50_000, 0, 0);
        assertThat(window(1, none).awaitsKernel()).isTrue();
        for (String first : List.of(none, old)) {
            TrafficWindow one = window(1, first, led(900, 80_000, 80_000, 0, 0));
            assertThat(one.awaitsKernel()).isTrue();
            assertThat(lines(one, false, 9)).last().asString().startsWith("a/b 0 ");
            TrafficWindow two = window(1, first, led(900, 80_000, 80_000, 0, 0), led(902, 80_010, 80_010, 0, 0));
            assertThat(two.awaitsKernel()).isFalse();
        }
        assertThat(window(1, reading(1, 1)).awaitsKernel())
                .as("where the kernel serves nothing")
                .isFalse();
    }

    @Test
    @DisplayName("goes on telling the kernel's rates while it tells the same answer again")
    void kernelAgain() {
        TrafficWindow window =
                window(1, led(100, 1, 1, 0, 0), led(200, 10, 10, 0, 0), led(202, 20, 20, 0, 0), led(202, 20, 20, 0, 0));
        assertThat(lines(window, false, 9)).last().asString().startsWith("a/b 5 ");
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
        assertThat(lines(window(1, reading(500, 0), reading(3, 0)), false, 20))
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
