package dev.weft.proxy.metrics;

import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.view.ServiceKey;
import java.util.List;

/**
 * What goes on in the kernel mode.
 *
 * @param available whether the kernel can be programmed
 * @param services whose rules are in the kernel
 * @param left services with addresses that are left to listeners
 * @param transactions that the kernel has taken
 * @param failures transactions that it has refused
 * @param listeners that the kernel serves
 */
public record KernelNumbers(
        boolean available, int services, int left, long transactions, long failures, List<Led> listeners) {
    public KernelNumbers {
        listeners = List.copyOf(listeners);
    }

    /**
     * An address and port that the kernel leads to endpoints.
     *
     * @param connections that it has led so far
     */
    public record Led(ServiceKey service, ListenerKey key, long connections) {}
}
