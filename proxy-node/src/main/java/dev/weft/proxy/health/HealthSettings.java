package dev.weft.proxy.health;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How endpoints of Services without a selector are checked; each value is explained in {@code reference.conf} under {@code
 * weft.proxy.health}.
 *
 * @param leaseDuration how long a holder of the Lease that has fallen silent keeps others out
 * @param maxInFlight checks under way at once
 * @param defaults for what a Service's annotations leave open
 */
public record HealthSettings(
        boolean enabled,
        String leaseNamespace,
        String leaseName,
        Duration leaseDuration,
        Duration requestTimeout,
        int maxInFlight,
        HealthCheck defaults) {

    public HealthSettings {
        if (leaseDuration.compareTo(Duration.ofSeconds(1)) < 0
                || maxInFlight < 1
                || defaults.timeout().isZero()
                || defaults.interval().isZero()
                || defaults.healthyThreshold() < 1
                || defaults.unhealthyThreshold() < 1) {
            throw new IllegalArgumentException("weft.proxy.health: lease-duration=" + leaseDuration + " max-in-flight="
                    + maxInFlight + " interval=" + defaults.interval() + " timeout=" + defaults.timeout()
                    + " healthy-threshold=" + defaults.healthyThreshold() + " unhealthy-threshold="
                    + defaults.unhealthyThreshold() + " (expected: >= 1s, all others > 0)");
        }
    }

    /** Reads {@code weft.proxy.health}. */
    public static HealthSettings from(Config config) {
        return new HealthSettings(
                config.getBoolean("enabled"),
                config.getString("lease-namespace"),
                config.getString("lease-name"),
                config.getDuration("lease-duration"),
                config.getDuration("request-timeout"),
                config.getInt("max-in-flight"),
                new HealthCheck(
                        "",
                        "",
                        config.getInt("lowest-status"),
                        config.getInt("highest-status"),
                        config.getDuration("interval"),
                        config.getDuration("timeout"),
                        config.getInt("healthy-threshold"),
                        config.getInt("unhealthy-threshold")));
    }
}
