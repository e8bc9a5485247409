package dev.weft.registry.allocation;

/**
 * A claim that was given, durably.
 *
 * @param value the address or the port
 */
public record Grant(Claim claim, String value) {}
