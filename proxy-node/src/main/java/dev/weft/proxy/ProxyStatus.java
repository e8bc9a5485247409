package dev.weft.proxy;

import dev.weft.proxy.dataplane.ListenerStatus;
import dev.weft.proxy.dns.DnsStatus;
import dev.weft.proxy.nftables.KernelStatus;
import dev.weft.proxy.nodehealth.HealthPortStatus;
import java.time.Instant;
import java.util.List;

/**
 * A snapshot of a proxy-node.
 *
 * @param pictured whether a first picture of the services has come
 * @param transport {@code epoll} or {@code nio}
 * @param healthPorts what load balancers are told, by Service and address
 */
public record ProxyStatus(
        String node,
        Instant started,
        boolean pictured,
        String transport,
        int openConnections,
        List<ListenerStatus> listeners,
        DnsStatus dns,
        KernelStatus kernel,
        List<HealthPortStatus> healthPorts) {
    public ProxyStatus {
        listeners = List.copyOf(listeners);
        healthPorts = List.copyOf(healthPorts);
    }
}
