package dev.weft.gossip.member;

import java.util.Comparator;

/**
 * Names one process of one cluster.
 *
 * @param cluster a DNS label
 * @param address where it is reached
 */
public record NodeId(String cluster, NodeAddress address) implements Comparable<NodeId> {
    private static final Comparator<NodeId> ORDER = Comparator.comparing(NodeId::cluster)
            .thenComparing(id -> id.address().host())
            .thenComparing(id -> id.address().port());

    public NodeId {
        if (cluster.isEmpty()) {
            throw new IllegalArgumentException("cluster: empty (expected: a name)");
        }
    }

    @Override
    public int compareTo(NodeId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return cluster + " at " + address;
    }
}
