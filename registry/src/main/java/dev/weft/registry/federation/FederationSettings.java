package dev.weft.registry.federation;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Set;

/**
 * How a shard takes part in the federation.
 *
 * @param cluster the name of this cluster
 * @param families the address families of the configured clusterset ranges: {@code IPv4}, {@code IPv6}
 * @param namesPerStep so many imported Services are brought up to date in one write of the shard; more means fewer and
 *     larger writes
 * @param deriveTimeout after so long without an answer the shard is asked the same again
 * @param allocationRetry after so long an address is asked for again where there was none
 * @param servicesKept how long after somebody asked what all clusters export the answer is kept up to date
 */
public record FederationSettings(
        String cluster,
        Set<String> families,
        int namesPerStep,
        Duration deriveTimeout,
        Duration allocationRetry,
        Duration servicesKept) {
    public FederationSettings {
        families = Set.copyOf(families);
        if (namesPerStep < 1) {
            throw new IllegalArgumentException("namesPerStep: " + namesPerStep + " (expected: at least 1)");
        }
    }

    /**
     * Reads {@code weft.registry.federation}.
     *
     * @param config the whole configuration of the process
     */
    public static FederationSettings from(Config config, String cluster, Set<String> families) {
        Config own = config.getConfig("weft.registry.federation");
        return new FederationSettings(
                cluster,
                families,
                own.getInt("names-per-step"),
                own.getDuration("derive-timeout"),
                own.getDuration("allocation-retry"),
                own.getDuration("services-kept"));
    }
}
