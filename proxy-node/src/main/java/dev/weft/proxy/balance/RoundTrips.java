package dev.weft.proxy.balance;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far other clusters are: the time that a connection to an endpoint there takes, which is one round trip, smoothed
 * with a gain of 1/8 as in RFC 6298. A farther cluster gets no connections that would tell when it is near again, so now and
 * then one goes there only to measure it, and what that tells replaces what was known. Safe for any thread; bounded by the
 * number of clusters.
 */
public final class RoundTrips {
    private static final double GAIN = 1 / 8.0;
    /** Who is less far than by this factor is as far: noise must not move traffic about. */
    private static final double CLEARLY = 1.5;

    private final RoundTripBounds bounds;
    private final boolean asks;
    private final Map<String, Distance> byCluster;
    private final AtomicLong observed;

    /**
     * What is known of a cluster.
     *
     * @param measured when its last connection was made (ns)
     * @param asked when one was last led there to measure it, or made there
     * @param count of connections to any cluster, then
     */
    private record Distance(double nanos, long measured, long asked, long count) {}

    public RoundTrips(RoundTripBounds bounds) {
        this(bounds, true, new ConcurrentHashMap<>(), new AtomicLong());
    }

    private RoundTrips(RoundTripBounds bounds, boolean asks, Map<String, Distance> byCluster, AtomicLong observed) {
        this.bounds = bounds;
        this.asks = asks;
        this.byCluster = byCluster;
        this.observed = observed;
    }

    /** The same measurements, for those whose traffic tells nothing of distances: for them nothing is to be measured. */
    public RoundTrips notAsking() {
        return new RoundTrips(bounds, false, byCluster, observed);
    }

    /**
     * A connection to an endpoint of the cluster took that long.
     *
     * @return whether that is news: what was known is old, or there was nothing
     */
    public boolean observe(String cluster, long tookNanos, long nowNanos) {
        long count = observed.incrementAndGet();
        double took = Math.max(1, tookNanos);
        while (true) {
            Distance before = byCluster.get(cluster);
            boolean anew = before == null || isOld(before.measured, nowNanos);
            double nanos = before == null || anew ? took : before.nanos + GAIN * (took - before.nanos);
            Distance now = new Distance(nanos, nowNanos, nowNanos, count);
            if (before == null
                    ? byCluster.putIfAbsent(cluster, now) == null
                    : byCluster.replace(cluster, before, now)) {
                return anew;
            }
        }
    }

    /**
     * Whether the next connection is to go to a cluster, though it is not the nearest, as what is known of it is old. Says so
     * once, then not before it has grown old again.
     */
    boolean ask(String cluster, long nowNanos) {
        Distance known = asks ? byCluster.get(cluster) : null;
        long count = observed.get();
        return known != null
                && isOld(known.asked, nowNanos)
                && count - known.count >= bounds.askOneIn()
                && byCluster.replace(cluster, known, new Distance(known.nanos, known.measured, nowNanos, count));
    }

    /** Whether a cluster is nearer than another by more than noise; one never connected to is, so that it is measured. */
    boolean isNearer(String cluster, String than) {
        return nanos(cluster) * CLEARLY < nanos(than);
    }

    private double nanos(String cluster) {
        Distance known = byCluster.get(cluster);
        return known == null ? 0 : known.nanos;
    }

    private boolean isOld(long since, long nowNanos) {
        return nowNanos - since >= bounds.oldAfter().toNanos();
    }

    /**
     * The rank of a round trip of so many nanoseconds, at least 1: less for a shorter one, the same for about the same. For
     * those who compare but once: the traffic itself goes by {@link #isNearer}, which has no steps to fall over.
     */
    public static int rankOf(double nanos) {
        return (int) (Math.log(nanos) / Math.log(CLEARLY));
    }
}
