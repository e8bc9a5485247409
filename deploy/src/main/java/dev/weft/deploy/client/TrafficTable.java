package dev.weft.deploy.client;

import dev.weft.deploy.client.MetricSamples.Sample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What went through a proxy-node between two readings of its numbers, for people; pure. */
public final class TrafficTable {
    private static final String FORM = "%-40s %9s %7s %9s %9s %8s %9s %8s";

    /** By the kernel, which counts no more than this and, if it is told to, bytes. */
    private static final String LED = "weft_proxy_nftables_connections_total";

    private static final String LED_TO = "weft_proxy_nftables_endpoint_";

    private TrafficTable() {}

    /** One line of it. */
    private static final class Row {
        private final String name;
        private double connections;
        private double open;
        private double in;
        private double out;
        private double retries;
        private double failures;
        private double refused;
        private double ejected;
        private double endpoints;

        Row(String name) {
            this.name = name;
        }
    }

    /**
     * The lines, the busiest first.
     *
     * @param byEndpoint a line for each endpoint instead of each service
     * @param most lines at most, without the two above them
     */
    public static List<String> lines(TrafficWindow window, boolean byEndpoint, int most) {
        Map<String, Row> rows = new TreeMap<>();
        double open = 0;
        for (Sample sample : window.last().all()) {
            if (sample.name().equals("weft_proxy_open_connections")) {
                open = sample.value();
            } else if (sample.name().startsWith("weft_proxy_endpoint_")
                    || sample.name().startsWith(LED_TO)
                    || (!byEndpoint
                            && (sample.name().startsWith("weft_proxy_listener_")
                                    || sample.name().equals(LED)))) {
                add(rows.computeIfAbsent(name(sample, byEndpoint), Row::new), sample, window::rate, byEndpoint);
            }
        }
        List<Row> busiest = new ArrayList<>(rows.values());
        busiest.sort(Comparator.comparingDouble((Row row) -> -row.connections).thenComparing(row -> -row.open));
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%d open connections, %d %s",
                (long) open,
                rows.size(),
                byEndpoint ? "endpoints" : "services"));
        lines.add(String.format(
                Locale.ROOT,
                FORM,
                byEndpoint ? "ENDPOINT" : "SERVICE",
                "CONN/S",
                "OPEN",
                "TO/S",
                "FROM/S",
                "RETRY/S",
                "FAILURES",
                "EJECTED"));
        busiest.stream().limit(most).forEach(row -> lines.add(line(row, byEndpoint)));
        if (busiest.size() > most) {
            lines.add("and " + (busiest.size() - most) + " more");
        }
        return lines;
    }

    private static String name(Sample sample, boolean byEndpoint) {
        String service = sample.label("namespace") + "/" + sample.label("service")
                + (sample.label("kind").equals("import") ? " (import)" : "");
        if (!byEndpoint) {
            return service;
        }
        String cluster = sample.label("cluster");
        return service + " " + (cluster.isEmpty() ? "" : cluster + "/") + sample.label("endpoint");
    }

    private static void add(Row row, Sample sample, Function<Sample, Double> rate, boolean byEndpoint) {
        switch (sample.name()) {
            case "weft_proxy_listener_connections_total", LED -> row.connections += rate.apply(sample);
            case "weft_proxy_listener_open_connections" -> row.open += sample.value();
            case "weft_proxy_listener_retries_total" -> row.retries += rate.apply(sample);
            case "weft_proxy_listener_refused_total" -> row.refused += sample.value();
            case LED_TO + "bytes_to_total" -> row.in += rate.apply(sample);
            case LED_TO + "bytes_from_total" -> row.out += rate.apply(sample);
            case "weft_proxy_endpoint_picks_total", LED_TO + "connections_total" ->
                row.connections += byEndpoint ? rate.apply(sample) : 0;
            case "weft_proxy_endpoint_open_connections" -> row.open += byEndpoint ? sample.value() : 0;
            case "weft_proxy_listener_bytes_to_total" -> row.in += rate.apply(sample);
            case "weft_proxy_listener_bytes_from_total" -> row.out += rate.apply(sample);
            case "weft_proxy_endpoint_bytes_to_total" -> row.in += byEndpoint ? rate.apply(sample) : 0;
            case "weft_proxy_endpoint_bytes_from_total" -> row.out += byEndpoint ? rate.apply(sample) : 0;
            case "weft_proxy_endpoint_failures_total" -> row.failures += sample.value();
            case "weft_proxy_endpoint_ejected" -> {
                row.ejected += sample.value();
                row.endpoints++;
            }
            default -> {
                // no column for it
            }
        }
    }

    private static String line(Row row, boolean byEndpoint) {
        return String.format(
                Locale.ROOT,
                FORM,
                row.name,
                number(row.connections),
                number(row.open),
                bytes(row.in),
                bytes(row.out),
                byEndpoint ? "-" : number(row.retries),
                number(row.failures + row.refused),
                byEndpoint
                        ? row.ejected > 0 ? "yes" : "no"
                        : String.format(Locale.ROOT, "%d/%d", (long) row.ejected, (long) row.endpoints));
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%d", (long) value)
                : String.format(Locale.ROOT, "%.1f", value);
    }

    private static String bytes(double value) {
        double left = value;
        for (String unit : List.of("B", "KiB", "MiB")) {
            if (left < 1024) {
                return String.format(Locale.ROOT, left < 10 && !unit.equals("B") ? "%.1f%s" : "%.0f%s", left, unit);
            }
            left /= 1024;
        }
        return String.format(Locale.ROOT, "%.1fGiB", left);
    }
}
