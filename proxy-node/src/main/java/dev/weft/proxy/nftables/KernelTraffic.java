package dev.weft.proxy.nftables;

import java.util.List;

/**
 * What the kernel has led so far, as of the last reading of its counters.
 *
 * @param listeners that lead anywhere
 * @param endpoints by listener, those that have had a connection and may still get one
 */
public record KernelTraffic(List<KernelListener> listeners, List<KernelEndpoint> endpoints) {
    static final KernelTraffic NONE = new KernelTraffic(List.of(), List.of());

    public KernelTraffic {
        listeners = List.copyOf(listeners);
        endpoints = List.copyOf(endpoints);
    }
}
