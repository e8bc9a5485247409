package dev.weft.proxy.dataplane;

import java.time.Duration;

/**
 * How dead peers are found by TCP's own probes.
 *
 * @param idle how long a connection is silent before the first probe
 * @param interval between probes
 * @param probes unanswered, after which the connection is reset
 */
public record KeepAlive(Duration idle, Duration interval, int probes) {
    public KeepAlive {
        if (idle.toSeconds() < 1 || interval.toSeconds() < 1 || probes < 1) {
            throw new IllegalArgumentException("weft.proxy.dataplane.keep-alive: idle=" + idle + " interval=" + interval
                    + " probes=" + probes + " (expected: >= 1s, >= 1s, >= 1)");
        }
    }

    int idleSeconds() {
        return Math.toIntExact(idle.toSeconds());
    }

    int intervalSeconds() {
        return Math.toIntExact(interval.toSeconds());
    }
}
