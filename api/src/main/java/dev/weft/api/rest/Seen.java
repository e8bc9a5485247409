package dev.weft.api.rest;

import java.time.Duration;
import java.time.Instant;

/** What a request turned out to be about, for the count of it; written and read by the request's own thread. */
final class Seen {
    private final Instant begun;
    private String verb = "other";
    private String resource = "";

    Seen(Instant begun) {
        this.begun = begun;
    }

    void is(String what, String of) {
        verb = what;
        resource = of;
    }

    void count(RequestMetrics metrics, int status, Instant now) {
        metrics.ended(new RequestMetrics.Subject(verb, resource), status, Duration.between(begun, now));
    }
}
