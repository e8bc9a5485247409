package dev.weft.proxy.nftables;

import dev.weft.proxy.view.ServiceKey;
import java.util.Map;
import java.util.Set;

/**
 * A snapshot of the kernel mode.
 *
 * @param mode as configured
 * @param unavailable why the kernel cannot be programmed; empty when it can, or when that has not mattered yet
 * @param programmed the services whose rules are in the kernel
 * @param left services with addresses that are left to listeners, and why
 * @param transactions that the kernel has taken
 * @param failures transactions that it has refused
 */
public record KernelStatus(
        ProxyMode mode,
        String unavailable,
        Set<ServiceKey> programmed,
        Map<ServiceKey, String> left,
        long transactions,
        long failures) {
    public KernelStatus {
        programmed = Set.copyOf(programmed);
        left = Map.copyOf(left);
    }
}
