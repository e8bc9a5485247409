package dev.weft.api.rest;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** Counts requests. Safe for many threads; bounded, since only what is served becomes a label. */
final class RequestMetrics {
    private final Map<Label, LongAdder> requests = new ConcurrentHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();

    /** One series. */
    private record Label(String verb, String resource, int code) {}

    int begin() {
        return inFlight.incrementAndGet();
    }

    void end(String verb, String resource, int code) {
        inFlight.decrementAndGet();
        requests.computeIfAbsent(new Label(verb, resource, code), any -> new LongAdder())
                .increment();
    }

    /** The Prometheus text format. */
    String text(int watchesOpen) {
        String counts = requests.entrySet().stream()
                .map(entry -> line(entry.getKey(), entry.getValue().sum()))
                .sorted()
                .collect(Collectors.joining());
        return """
                # HELP weft_api_requests_total Requests answered, by verb, resource and HTTP status.
                # TYPE weft_api_requests_total counter
                %s# HELP weft_api_requests_in_flight Requests whose answer has not begun.
                # TYPE weft_api_requests_in_flight gauge
                weft_api_requests_in_flight %d
                # HELP weft_api_watches_open Watches that are open.
                # TYPE weft_api_watches_open gauge
                weft_api_watches_open %d
                """.formatted(counts, inFlight.get(), watchesOpen);
    }

    private static String line(Label label, long count) {
        return "weft_api_requests_total{verb=\"%s\",resource=\"%s\",code=\"%d\"} %d\n"
                .formatted(label.verb(), label.resource(), label.code(), count);
    }
}
