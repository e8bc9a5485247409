package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.trust.ClusterIdentity;
import java.util.OptionalLong;

/**
 * Who this process is.
 *
 * @param key its cluster's name and key
 * @param advertised where others reach it
 * @param incarnation of the cluster where another process made it; empty where this one stores or makes it
 * @param open whether clusters on this machine may join without a token; only where it listens on a loopback address
 */
public record Identity(ClusterIdentity key, NodeAddress advertised, OptionalLong incarnation, boolean open) {
    /** The name of its cluster, a DNS label. */
    public String cluster() {
        return key.cluster();
    }
}
