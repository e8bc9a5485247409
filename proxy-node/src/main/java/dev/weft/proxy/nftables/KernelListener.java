package dev.weft.proxy.nftables;

import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.view.ServiceKey;

/**
 * An address and port that the kernel leads to endpoints.
 *
 * @param connections that it has led so far: TCP connections, and flows of UDP
 */
public record KernelListener(ServiceKey service, ListenerKey key, long connections) {}
