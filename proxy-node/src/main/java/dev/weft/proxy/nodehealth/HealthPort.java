package dev.weft.proxy.nodehealth;

import dev.weft.proxy.view.ServiceKey;

/**
 * What a health-check node port says.
 *
 * @param localEndpoints ready ones on this node
 */
public record HealthPort(ServiceKey service, int port, int localEndpoints) {}
