package dev.weft.proxy.metrics;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * What is told; each value is explained in {@code reference.conf} under {@code weft.proxy.metrics}.
 *
 * @param listen {@code address:port}; empty for no socket of its own
 * @param maxListeners with numbers of their own
 * @param maxEndpoints with numbers of their own
 * @param bindRetryMin until an address that cannot be bound is tried again; doubled each time
 * @param bindRetryMax between two tries, at most
 */
public record MetricsSettings(
        String listen, int maxListeners, int maxEndpoints, Duration bindRetryMin, Duration bindRetryMax) {
    public MetricsSettings {
        if (maxListeners < 1 || maxEndpoints < 0) {
            throw new IllegalArgumentException("weft.proxy.metrics: max-listeners=" + maxListeners + " max-endpoints="
                    + maxEndpoints + " (expected: >= 1, >= 0)");
        }
        if (bindRetryMin.toMillis() < 1 || bindRetryMax.compareTo(bindRetryMin) < 0) {
            throw new IllegalArgumentException("weft.proxy.metrics: bind-retry-min=" + bindRetryMin + " bind-retry-max="
                    + bindRetryMax + " (expected: 1ms <= min <= max)");
        }
        if (!listen.isEmpty() && !listen.matches(".+:[0-9]{1,5}")) {
            throw new IllegalArgumentException(
                    "weft.proxy.metrics.listen: " + listen + " (expected: address:port, or off)");
        }
    }

    /** Reads {@code weft.proxy.metrics}. */
    public static MetricsSettings from(Config config) {
        String listen = config.getString("listen");
        return new MetricsSettings(
                listen.equals("off") ? "" : listen,
                config.getInt("max-listeners"),
                config.getInt("max-endpoints"),
                config.getDuration("bind-retry-min"),
                config.getDuration("bind-retry-max"));
    }
}
