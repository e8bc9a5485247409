package dev.weft.proxy.nodehealth;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How load balancers ask; each value is explained in {@code reference.conf} under {@code weft.proxy.node-health}.
 *
 * @param listen {@code address:port} of the node's own answers; empty for none
 */
public record NodeHealthSettings(
        String listen, int maxConnections, Duration requestTimeout, Duration bindRetryMin, Duration bindRetryMax) {
    public NodeHealthSettings {
        if (!listen.isEmpty() && !listen.matches(".+:[0-9]{1,5}")) {
            throw new IllegalArgumentException(
                    "weft.proxy.node-health.listen: " + listen + " (expected: address:port, or off)");
        }
        if (maxConnections < 1 || requestTimeout.toMillis() < 1 || bindRetryMin.toMillis() < 1) {
            throw new IllegalArgumentException("weft.proxy.node-health: max-connections=" + maxConnections
                    + " request-timeout=" + requestTimeout + " bind-retry-min=" + bindRetryMin
                    + " (expected: >= 1, >= 1ms, >= 1ms)");
        }
    }

    /** Reads {@code weft.proxy.node-health}. */
    public static NodeHealthSettings from(Config config) {
        String listen = config.getString("listen");
        return new NodeHealthSettings(
                listen.equals("off") ? "" : listen,
                config.getInt("max-connections"),
                config.getDuration("request-timeout"),
                config.getDuration("bind-retry-min"),
                config.getDuration("bind-retry-max"));
    }
}
