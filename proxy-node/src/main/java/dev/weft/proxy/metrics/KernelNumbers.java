package dev.weft.proxy.metrics;

/**
 * What goes on in the kernel mode.
 *
 * @param available whether the kernel can be programmed
 * @param services whose rules are in the kernel
 * @param left services with addresses that are left to listeners
 * @param transactions that the kernel has taken
 * @param failures transactions that it has refused
 */
public record KernelNumbers(boolean available, int services, int left, long transactions, long failures) {}
