package dev.weft.api.rest;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * Counts requests and how long they took, under the names that Kubernetes' dashboards and alerts know. Safe for many threads;
 * bounded, since only what is served becomes a label.
 */
final class RequestMetrics {
    /** Upper bounds in milliseconds; some of those of kube-apiserver. */
    private static final long[] BUCKETS_MILLIS = {
        5, 25, 50, 100, 200, 400, 600, 800, 1_000, 2_000, 5_000, 10_000, 60_000
    };

    private final Map<Label, LongAdder> requests = new ConcurrentHashMap<>();
    private final Map<Subject, Durations> durations = new ConcurrentHashMap<>();

    /**
     * What a request was about.
     *
     * @param verb as Kubernetes names it, e.g. {@code list}
     * @param resource e.g. {@code services}, {@code leases.coordination.k8s.io} or {@code pods/proxy}; empty for the rest
     */
    record Subject(String verb, String resource) {
        private static final Map<String, String> METHODS = Map.of("create", "POST", "update", "PUT");

        private String labels() {
            int slash = resource.indexOf('/');
            String whole = slash < 0 ? resource : resource.substring(0, slash);
            int dot = whole.indexOf('.');
            return "verb=\"%s\",group=\"%s\",resource=\"%s\",subresource=\"%s\""
                    .formatted(
                            METHODS.getOrDefault(verb, verb.toUpperCase(java.util.Locale.ROOT)),
                            dot < 0 ? "" : whole.substring(dot + 1),
                            dot < 0 ? whole : whole.substring(0, dot),
                            slash < 0 ? "" : resource.substring(slash + 1));
        }
    }

    private record Label(Subject subject, int code) {}

    private static final class Durations {
        private final LongAdder[] buckets = new LongAdder[BUCKETS_MILLIS.length];
        private final LongAdder count = new LongAdder();
        private final LongAdder micros = new LongAdder();

        private Durations() {
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = new LongAdder();
            }
        }

        private void add(Duration took) {
            for (int i = 0; i < buckets.length; i++) {
                if (took.toMillis() <= BUCKETS_MILLIS[i]) {
                    buckets[i].increment();
                }
            }
            count.increment();
            micros.add(took.toNanos() / 1_000);
        }

        private String text(String labels) {
            String name = "apiserver_request_duration_seconds";
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < buckets.length; i++) {
                text.append("%s_bucket{%s,le=\"%s\"} %d\n"
                        .formatted(name, labels, BUCKETS_MILLIS[i] / 1000.0, buckets[i].sum()));
            }
            return text.append("%s_bucket{%s,le=\"+Inf\"} %d\n".formatted(name, labels, count.sum()))
                    .append("%s_sum{%s} %s\n".formatted(name, labels, micros.sum() / 1e6))
                    .append("%s_count{%s} %d\n".formatted(name, labels, count.sum()))
                    .toString();
        }
    }

    /** @param took until the answer began; of a watch this is not its length */
    void ended(Subject subject, int code, Duration took) {
        requests.computeIfAbsent(new Label(subject, code), any -> new LongAdder())
                .increment();
        durations.computeIfAbsent(subject, any -> new Durations()).add(took.isNegative() ? Duration.ZERO : took);
    }

    /** The Prometheus text format. */
    String text() {
        String counts = requests.entrySet().stream()
                .map(entry -> counted(entry.getKey(), entry.getValue().sum()))
                .sorted()
                .collect(Collectors.joining());
        String times = durations.entrySet().stream()
                .sorted(java.util.Comparator.comparing(entry -> entry.getKey().labels()))
                .map(entry -> entry.getValue().text(entry.getKey().labels()))
                .collect(Collectors.joining());
        return """
                # HELP apiserver_request_total Requests answered, by verb, resource and HTTP status.
                # TYPE apiserver_request_total counter
                %s# HELP apiserver_request_duration_seconds From a request to the beginning of its answer.
                # TYPE apiserver_request_duration_seconds histogram
                %s""".formatted(counts, times);
    }

    private static String counted(Label label, long count) {
        return "apiserver_request_total{%s,code=\"%d\"} %d\n"
                .formatted(label.subject().labels(), label.code(), count);
    }
}
