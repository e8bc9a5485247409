package dev.weft.registry.controller;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.NetworkRanges;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where load-balancer addresses come from.
 *
 * @param pools the ranges; none leaves every Service of type LoadBalancer to others
 * @param retry when what failed is tried again
 */
public record LoadBalancerSettings(List<Cidr> pools, Duration retry) {
    public LoadBalancerSettings {
        pools = List.copyOf(pools);
    }

    /**
     * Reads {@code weft.registry.load-balancer}.
     *
     * @throws ConfigException if a pool is no range, or has addresses in common with ClusterIPs or clusterset IPs
     */
    public static LoadBalancerSettings of(Config config) {
        return new LoadBalancerSettings(
                config.getStringList("pools").stream()
                        .map(LoadBalancerSettings::pool)
                        .toList(),
                config.getDuration("retry"));
    }

    private static Cidr pool(String text) {
        return Cidr.parse(text).orElseThrow(() -> wrong("\"" + text + "\" is no range like 127.200.0.0/24"));
    }

    /** Makes sure that no address can be given out twice. */
    public void requireApart(NetworkRanges ranges) {
        for (Cidr pool : pools) {
            Stream.concat(ranges.serviceCidrs().stream(), ranges.clusterSetCidrs().stream())
                    .filter(range -> range.contains(pool.first()) || pool.contains(range.first()))
                    .findFirst()
                    .ifPresent(range -> {
                        throw wrong(pool + " and " + range + ", which ClusterIPs or clusterset IPs come from, overlap");
                    });
        }
    }

    private static ConfigException wrong(String why) {
        return new ConfigException.BadValue("weft.registry.load-balancer.pools", why);
    }
}
