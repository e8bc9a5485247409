package dev.weft.proxy.metrics;

import dev.weft.proxy.dataplane.BindState;
import dev.weft.proxy.dataplane.ConnectTimes;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.dataplane.ListenerStatus;
import dev.weft.proxy.dataplane.ListenerStatus.EndpointStatus;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes the numbers of the data plane as Prometheus reads them; pure. */
public final class MetricsText {
    private final StringBuilder text = new StringBuilder();
    private final List<ListenerStatus> told;
    private final int maxEndpoints;

    private MetricsText(List<ListenerStatus> told, int maxEndpoints) {
        this.told = told;
        this.maxEndpoints = maxEndpoints;
    }

    /**
     * The whole text.
     *
     * @param listeners all of them; those that have never had a connection are left out, and of the rest those with the
     *     fewest, when they are more than allowed
     * @param picks by algorithm
     */
    public static String of(
            List<ListenerStatus> listeners,
            Map<String, Long> picks,
            int openConnections,
            KernelNumbers kernel,
            MetricsSettings settings) {
        List<ListenerStatus> busy =
                listeners.stream().filter(listener -> listener.accepted() > 0).toList();
        List<ListenerStatus> told = busy.stream()
                .sorted(Comparator.comparingLong(ListenerStatus::accepted).reversed())
                .limit(settings.maxListeners())
                .sorted(Comparator.comparing(ListenerStatus::service).thenComparing(ListenerStatus::key))
                .toList();
        MetricsText writing = new MetricsText(told, settings.maxEndpoints());
        writing.head("weft_proxy_open_connections", "gauge", "Connections open through this node.");
        writing.line("weft_proxy_open_connections", "", openConnections);
        writing.states(listeners);
        writing.kernel(kernel);
        int led = writing.led(kernel, settings.maxListeners());
        int ledTo = writing.ledTo(kernel);
        writing.head("weft_proxy_picks_total", "counter", "Endpoints picked, by algorithm.");
        new TreeMap<>(picks)
                .forEach((algorithm, count) ->
                        writing.line("weft_proxy_picks_total", "algorithm=\"" + algorithm + "\"", count));
        writing.byListener();
        writing.connectTimes();
        int endpoints = writing.byEndpoint();
        writing.head("weft_proxy_metrics_left_out", "gauge", "Listeners and endpoints whose numbers are not told.");
        writing.line("weft_proxy_metrics_left_out", "what=\"listeners\"", busy.size() - told.size() + led);
        writing.line("weft_proxy_metrics_left_out", "what=\"endpoints\"", endpoints + ledTo);
        return writing.text.toString();
    }

    private void states(List<ListenerStatus> listeners) {
        Map<BindState, Integer> states = new EnumMap<>(BindState.class);
        for (BindState state : BindState.values()) {
            states.put(state, 0);
        }
        listeners.forEach(listener -> states.merge(listener.state(), 1, Integer::sum));
        head("weft_proxy_listeners", "gauge", "Listeners, by how it stands with their sockets.");
        states.forEach((state, count) -> {
            String name = state.name().toLowerCase(Locale.ROOT).replace('_', '-');
            line("weft_proxy_listeners", "state=\"" + name + "\"", count);
        });
    }

    private void kernel(KernelNumbers kernel) {
        head("weft_proxy_nftables_available", "gauge", "Whether this node may and can program the kernel.");
        line("weft_proxy_nftables_available", "", kernel.available() ? 1 : 0);
        head("weft_proxy_nftables_services", "gauge", "Services with addresses, by who serves them.");
        line("weft_proxy_nftables_services", "by=\"kernel\"", kernel.services());
        line("weft_proxy_nftables_services", "by=\"listeners\"", kernel.left());
        head("weft_proxy_nftables_transactions_total", "counter", "Changes that the kernel has taken.");
        line("weft_proxy_nftables_transactions_total", "", kernel.transactions());
        head("weft_proxy_nftables_failures_total", "counter", "Changes that the kernel has refused.");
        line("weft_proxy_nftables_failures_total", "", kernel.failures());
        Instant counted = kernel.counted();
        if (counted != null) {
            head(
                    "weft_proxy_nftables_counted_timestamp_seconds",
                    "gauge",
                    "When its counters were read that are told.");
            text.append("weft_proxy_nftables_counted_timestamp_seconds ")
                    .append(java.math.BigDecimal.valueOf(counted.toEpochMilli(), 3)
                            .toPlainString())
                    .append('\n');
        }
    }

    /** Says how many are left out. */
    private int led(KernelNumbers kernel, int most) {
        List<KernelNumbers.Led> busy = kernel.listeners().stream()
                .filter(listener -> listener.connections() > 0)
                .sorted(Comparator.comparingLong(KernelNumbers.Led::connections).reversed())
                .toList();
        String name = "weft_proxy_nftables_connections_total";
        head(name, "counter", "Connections, and flows of UDP, that the kernel has led to endpoints.");
        busy.stream()
                .limit(most)
                .sorted(Comparator.comparing(KernelNumbers.Led::service).thenComparing(KernelNumbers.Led::key))
                .forEach(each -> line(name, labels(each.service(), each.key()), each.connections()));
        return Math.max(0, busy.size() - most);
    }

    /** Says how many are left out. Bytes are told where they are counted. */
    private int ledTo(KernelNumbers kernel) {
        List<KernelNumbers.Endpoint> rows = kernel.endpoints().stream()
                .sorted(Comparator.comparingLong(KernelNumbers.Endpoint::connections)
                        .reversed())
                .limit(maxEndpoints)
                .sorted(Comparator.comparing(KernelNumbers.Endpoint::service)
                        .thenComparing(KernelNumbers.Endpoint::listener)
                        .thenComparing(KernelNumbers.Endpoint::address))
                .toList();
        String connections = "weft_proxy_nftables_endpoint_connections_total";
        head(connections, "counter", "Connections, and flows of UDP, that the kernel has led to it.");
        rows.forEach(each -> line(connections, labels(each), each.connections()));
        String to = "weft_proxy_nftables_endpoint_bytes_to_total";
        head(to, "counter", "Bytes of packets from clients to it, IP headers included.");
        rows.stream()
                .filter(each -> each.bytes().to() > 0)
                .forEach(each -> line(to, labels(each), each.bytes().to()));
        String from = "weft_proxy_nftables_endpoint_bytes_from_total";
        head(from, "counter", "Bytes of packets from it to clients, IP headers included.");
        rows.stream()
                .filter(each -> each.bytes().from() > 0)
                .forEach(each -> line(from, labels(each), each.bytes().from()));
        return kernel.endpoints().size() - rows.size();
    }

    private void byListener() {
        head("weft_proxy_listener_connections_total", "counter", "Connections accepted, or sessions of UDP begun.");
        told.forEach(each -> line("weft_proxy_listener_connections_total", labels(each), each.accepted()));
        head("weft_proxy_listener_open_connections", "gauge", "Connections open.");
        told.forEach(each -> line("weft_proxy_listener_open_connections", labels(each), each.open()));
        head(
                "weft_proxy_listener_refused_total",
                "counter",
                "Connections reset at once, or datagrams dropped, by reason.");
        for (ListenerStatus each : told) {
            refused(each, "no-endpoint", each.refusedNoEndpoint());
            refused(each, "limit", each.refusedLimit());
            refused(each, "source", each.refusedSource());
        }
        head("weft_proxy_listener_idle_closed_total", "counter", "Connections closed since nothing came on them.");
        told.forEach(each -> line("weft_proxy_listener_idle_closed_total", labels(each), each.closedIdle()));
        head("weft_proxy_listener_retries_total", "counter", "Further endpoints tried for a connection.");
        told.forEach(each -> line("weft_proxy_listener_retries_total", labels(each), each.retries()));
        head("weft_proxy_listener_bytes_to_total", "counter", "Bytes from clients to endpoints, gone ones included.");
        told.forEach(each -> line(
                "weft_proxy_listener_bytes_to_total",
                labels(each),
                each.traffic().to()));
        head("weft_proxy_listener_bytes_from_total", "counter", "Bytes from endpoints to clients, gone ones included.");
        told.forEach(each -> line(
                "weft_proxy_listener_bytes_from_total",
                labels(each),
                each.traffic().from()));
        head("weft_proxy_listener_lost_total", "counter", "Datagrams that could not be passed on.");
        told.stream()
                .filter(each -> each.key().protocol() == Protocol.UDP)
                .forEach(each -> line("weft_proxy_listener_lost_total", labels(each), each.lost()));
    }

    private void refused(ListenerStatus listener, String reason, long count) {
        line("weft_proxy_listener_refused_total", labels(listener) + ",reason=\"" + reason + "\"", count);
    }

    private void connectTimes() {
        String name = "weft_proxy_connect_seconds";
        head(name, "histogram", "From the pick of an endpoint to the connection with it.");
        for (ListenerStatus listener : told) {
            new TreeMap<>(listener.connectTimes()).forEach((cluster, times) -> {
                String labels = labels(listener) + ",cluster=\"" + escaped(cluster) + "\"";
                long sum = 0;
                for (int bucket = 0; bucket < ConnectTimes.BOUNDS_MICROS.size(); bucket++) {
                    sum += times.counts().get(bucket);
                    String bound = seconds(ConnectTimes.BOUNDS_MICROS.get(bucket) * 1_000L);
                    line(name + "_bucket", labels + ",le=\"" + bound + "\"", sum);
                }
                line(name + "_bucket", labels + ",le=\"+Inf\"", times.total());
                text.append(name).append("_sum{").append(labels).append("} ");
                text.append(seconds(times.sumNanos())).append('\n');
                line(name + "_count", labels, times.total());
            });
        }
    }

    /** Says how many are left out. */
    private int byEndpoint() {
        record Row(ListenerStatus listener, EndpointStatus endpoint) {}
        List<Row> all = told.stream()
                .flatMap(listener -> listener.endpoints().stream().map(endpoint -> new Row(listener, endpoint)))
                .toList();
        List<Row> rows = all.stream()
                .sorted(Comparator.comparingLong((Row row) -> row.endpoint.picks())
                        .reversed())
                .limit(maxEndpoints)
                .toList();
        interface Value {
            long of(EndpointStatus endpoint);
        }
        record Family(String name, String type, String help, Value value) {}
        List<Family> families = List.of(
                new Family("picks_total", "counter", "Connections sent to it.", EndpointStatus::picks),
                new Family("open_connections", "gauge", "Connections open.", EndpointStatus::open),
                new Family(
                        "failures_total",
                        "counter",
                        "Connections that it refused, did not take in time, or reset before its first byte.",
                        EndpointStatus::failures),
                new Family(
                        "ejections_total", "counter", "Times out of choice for failures.", EndpointStatus::ejections),
                new Family(
                        "ejected",
                        "gauge",
                        "Whether it is out of choice for failures.",
                        each -> each.ejected() ? 1 : 0),
                new Family("bytes_to_total", "counter", "Bytes from clients to it.", EndpointStatus::bytesTo),
                new Family("bytes_from_total", "counter", "Bytes from it to clients.", EndpointStatus::bytesFrom));
        for (Family family : families) {
            String name = "weft_proxy_endpoint_" + family.name;
            head(name, family.type, family.help);
            for (Row row : rows) {
                String labels = labels(row.listener) + endpoint(row.endpoint.address(), row.endpoint.cluster());
                line(name, labels, family.value.of(row.endpoint));
            }
        }
        return all.size() - rows.size();
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void line(String name, String labels, long value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ').append(value).append('\n');
    }

    private static String labels(ListenerStatus listener) {
        return labels(listener.service(), listener.key());
    }

    private static String labels(KernelNumbers.Endpoint endpoint) {
        return labels(endpoint.service(), endpoint.listener()) + endpoint(endpoint.address(), endpoint.cluster());
    }

    private static String endpoint(String address, String cluster) {
        return ",endpoint=\"" + address + "\",cluster=\"" + escaped(cluster) + "\"";
    }

    private static String labels(ServiceKey service, ListenerKey key) {
        return "kind=\"" + service.kind().name().toLowerCase(Locale.ROOT) + "\",namespace=\""
                + escaped(service.namespace()) + "\",service=\"" + escaped(service.name()) + "\",listener=\""
                + key.authority() + "\",protocol=\""
                + key.protocol().name().toLowerCase(Locale.ROOT) + "\"";
    }

    private static String seconds(long nanos) {
        return java.math.BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
