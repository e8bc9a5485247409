package dev.weft.proxy.nodehealth;

import dev.weft.proxy.view.ServiceKey;

/**
 * How it stands with a health-check node port at one address.
 *
 * @param problem why it cannot be bound, which is tried again; empty when it is bound
 */
public record HealthPortStatus(
        ServiceKey service, String address, int port, int localEndpoints, boolean healthy, String problem) {}
