package dev.weft.proxy.metrics;

import dev.weft.proxy.balance.Traffic;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.view.ServiceKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes on in the kernel mode.
 *
 * @param available whether the kernel can be programmed
 * @param services whose rules are in the kernel
 * @param left services with addresses that are left to listeners
 * @param transactions that the kernel has taken
 * @param failures transactions that it has refused
 * @param counted when its counters were read, for what follows; null for never
 * @param listeners that the kernel serves
 * @param endpoints that it has led to
 */
public record KernelNumbers(
        boolean available,
        int services,
        int left,
        long transactions,
        long failures,
        @Nullable Instant counted,
        List<Led> listeners,
        List<Endpoint> endpoints) {
    public KernelNumbers {
        endpoints = List.copyOf(endpoints);
        listeners = List.copyOf(listeners);
    }

    /**
     * An address and port that the kernel leads to endpoints.
     *
     * @param connections that it has led so far
     */
    public record Led(ServiceKey service, ListenerKey key, long connections) {}

    /**
     * An endpoint that the kernel has led to.
     *
     * @param listener where its connections came to
     * @param address {@code address:port}
     * @param cluster where it lives; empty for this cluster
     * @param bytes of packets; none unless they are counted
     */
    public record Endpoint(
            ServiceKey service,
            ListenerKey listener,
            String address,
            String cluster,
            long connections,
            Traffic bytes) {}
}
