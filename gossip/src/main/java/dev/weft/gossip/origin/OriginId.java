package dev.weft.gossip.origin;

import java.util.Comparator;

/**
 * Names one writer of records.
 *
 * @param cluster a DNS label
 * @param shard 0 or more
 * @param incarnation which life of the cluster's disk; later lives have greater numbers. Not negative
 */
public record OriginId(String cluster, int shard, long incarnation) implements Comparable<OriginId> {
    private static final Comparator<OriginId> ORDER = Comparator.comparing(OriginId::cluster)
            .thenComparingLong(OriginId::incarnation)
            .thenComparingInt(OriginId::shard);

    public OriginId {
        if (cluster.isEmpty() || shard < 0 || incarnation < 0) {
            throw new IllegalArgumentException("origin: " + cluster + "/" + shard + "/" + incarnation
                    + " (expected: a name, and numbers that are not negative)");
        }
    }

    @Override
    public int compareTo(OriginId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return cluster + "/" + shard + "@" + incarnation;
    }
}
