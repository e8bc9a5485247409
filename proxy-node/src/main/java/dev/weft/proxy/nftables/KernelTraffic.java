package dev.weft.proxy.nftables;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel has led so far, as of the last reading of its counters.
 *
 * @param at when they were read; null for never
 * @param listeners that lead anywhere
 * @param endpoints by listener, those that have had a connection and may still get one
 */
public record KernelTraffic(@Nullable Instant at, List<KernelListener> listeners, List<KernelEndpoint> endpoints) {
    static final KernelTraffic NONE = new KernelTraffic(null, List.of(), List.of());

    public KernelTraffic {
        listeners = List.copyOf(listeners);
        endpoints = List.copyOf(endpoints);
    }
}
