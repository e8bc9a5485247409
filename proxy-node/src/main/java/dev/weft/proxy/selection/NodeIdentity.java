package dev.weft.proxy.selection;

/**
 * Which node this is; decides what is local.
 *
 * @param zone empty when not known
 * @param cluster this cluster's name in the federation; empty when in none. An endpoint of another cluster is never
 *     local, whatever its node is called.
 */
public record NodeIdentity(String name, String zone, String cluster) {}
