package dev.weft.proxy.dataplane;

import java.time.Duration;

/**
 * How an endpoint is connected to.
 *
 * @param timeout for one attempt
 * @param attempts to how many different endpoints one connection is tried, from 1
 * @param retryRatio further attempts for each connection, over time
 * @param retryReserve further attempts that may be saved up
 */
public record ConnectSettings(Duration timeout, int attempts, double retryRatio, int retryReserve) {
    public ConnectSettings {
        if (attempts < 1 || timeout.toMillis() < 1) {
            throw new IllegalArgumentException("weft.proxy.dataplane: connect-timeout=" + timeout + " connect-attempts="
                    + attempts + " (expected: >= 1ms, >= 1)");
        }
        if (!(retryRatio >= 0) || retryReserve < 0) {
            throw new IllegalArgumentException("weft.proxy.dataplane: retry-ratio=" + retryRatio + " retry-reserve="
                    + retryReserve + " (expected: each >= 0)");
        }
    }
}
