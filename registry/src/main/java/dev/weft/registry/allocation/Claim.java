package dev.weft.registry.allocation;

import dev.weft.registry.resource.ResourceKey;

/**
 * A wish for one address or port.
 *
 * @param pool e.g. {@code service-ipv4}, {@code clusterset-ipv4}, {@code node-port-tcp}
 * @param wish a certain one; empty for any
 * @param owner for which object; a claim whose owner does not exist is freed after a while
 * @param field where it will stand, for refusals, e.g. {@code spec.clusterIPs[0]}
 */
public record Claim(String pool, String wish, ResourceKey owner, String field) {}
