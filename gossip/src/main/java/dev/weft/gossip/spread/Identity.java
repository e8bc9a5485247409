package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.PeerIdentity;
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

    /** Whether another process of this cluster is at the other end: whoever has its key decides for it as this one does. */
    boolean ours(Link link) {
        PeerIdentity proven = link.proven;
        NodeId node = link.node;
        return proven != null
                ? proven.key().equals(key.key())
                : open && node != null && node.cluster().equals(cluster());
    }
}
