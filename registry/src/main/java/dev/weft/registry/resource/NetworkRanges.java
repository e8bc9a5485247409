package dev.weft.registry.resource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The addresses and ports that this cluster gives out.
 *
 * @param serviceCidrs for ClusterIPs, at least one; the family of the first one is the cluster's default family
 * @param clusterSetCidrs for the addresses of imported services
 * @param nodePorts for NodePorts
 */
public record NetworkRanges(List<Cidr> serviceCidrs, List<Cidr> clusterSetCidrs, PortRange nodePorts) {
    public NetworkRanges {
        serviceCidrs = List.copyOf(serviceCidrs);
        clusterSetCidrs = List.copyOf(clusterSetCidrs);
        if (serviceCidrs.isEmpty()) {
            throw new IllegalArgumentException("no service address range: want at least one, e.g. 127.96.0.0/16");
        }
    }

    /** The same with other node ports. */
    public NetworkRanges withNodePorts(PortRange ports) {
        return new NetworkRanges(serviceCidrs, clusterSetCidrs, ports);
    }

    /** The families that Services can have, the cluster's default one first. */
    public List<IpAddress.Family> families() {
        List<IpAddress.Family> families = new ArrayList<>();
        for (Cidr cidr : serviceCidrs) {
            if (!families.contains(cidr.family())) {
                families.add(cidr.family());
            }
        }
        return families;
    }

    /** Whether this cluster lives on one machine's loopback, so that loopback addresses are sound endpoints. */
    public boolean inLoopback() {
        return Stream.concat(serviceCidrs.stream(), clusterSetCidrs.stream())
                .anyMatch(cidr -> cidr.first().isLoopback());
    }
}
