package dev.weft.proxy.nftables;

import dev.weft.proxy.balance.Traffic;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.view.ServiceKey;

/**
 * An endpoint that the kernel has led to.
 *
 * @param listener where its connections came to
 * @param address {@code address:port}, with brackets around IPv6
 * @param cluster where it lives; empty for this cluster
 * @param connections TCP connections, and flows of UDP
 * @param bytes of packets with their IP headers, to it and from it; none unless they are counted
 */
public record KernelEndpoint(
        ServiceKey service, ListenerKey listener, String address, String cluster, long connections, Traffic bytes) {}
