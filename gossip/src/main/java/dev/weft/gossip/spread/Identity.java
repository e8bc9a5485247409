package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeAddress;
import java.util.OptionalLong;

/**
 * Who this process is.
 *
 * @param cluster its cluster, a DNS label
 * @param advertised where others reach it
 * @param incarnation of the cluster where another process made it; empty where this one stores or makes it
 */
public record Identity(String cluster, NodeAddress advertised, OptionalLong incarnation) {}
