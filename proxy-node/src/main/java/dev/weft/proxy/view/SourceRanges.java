package dev.weft.proxy.view;

import java.util.List;
import java.util.Set;

/**
 * From where the addresses of a load balancer may be reached ({@code spec.loadBalancerSourceRanges}).
 *
 * @param addresses those of the load balancer; other addresses of the service are open to all
 * @param ranges such as {@code 10.0.0.0/8}; none means from everywhere
 */
public record SourceRanges(Set<String> addresses, List<String> ranges) {
    /** From everywhere. */
    public static final SourceRanges OPEN = new SourceRanges(Set.of(), List.of());

    public SourceRanges {
        addresses = Set.copyOf(addresses);
        ranges = List.copyOf(ranges);
    }

    /** The ranges from which one of the service's addresses may be reached; none means from everywhere. */
    public List<String> of(String address) {
        return addresses.contains(address) ? ranges : List.of();
    }
}
