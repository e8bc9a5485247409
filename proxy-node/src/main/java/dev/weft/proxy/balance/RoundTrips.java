package dev.weft.proxy.balance;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far other clusters are: the time that a connection to an endpoint there takes, which is one round trip, smoothed
 * with a gain of 1/8 as in RFC 6298. Safe for any thread; bounded by the number of clusters.
 */
public final class RoundTrips {
    private static final double GAIN = 1 / 8.0;
    /** Distances within the same power of this are equal: noise must not move traffic about. */
    private static final double STEP = Math.log(1.5);

    private final Map<String, Double> nanosByCluster = new ConcurrentHashMap<>();

    /** A connection to an endpoint of the cluster took that long. */
    public void observe(String cluster, long tookNanos) {
        nanosByCluster.merge(cluster, (double) Math.max(1, tookNanos), (before, now) -> before + GAIN * (now - before));
    }

    /** A rank that is less for a nearer cluster; least for one never connected to, so that it is measured. */
    int rank(String cluster) {
        Double nanos = nanosByCluster.get(cluster);
        return nanos == null ? -1 : rankOf(nanos);
    }

    /** The rank of a round trip of so many nanoseconds, at least 1: less for a shorter one, the same for about the same. */
    public static int rankOf(double nanos) {
        return (int) (Math.log(nanos) / STEP);
    }
}
