package dev.weft.gossip;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What went between this process and the other clusters since it started, for metrics.
 *
 * @param peers one entry for each other cluster that is known, by name
 * @param convergence from the commit of others' changes to their being known here, clocks corrected, in milliseconds
 */
public record GossipStats(List<Peer> peers, Histogram convergence) {
    public GossipStats {
        peers = List.copyOf(peers);
    }

    /** Without any change of others so far. */
    public GossipStats(List<Peer> peers) {
        this(peers, new Histogram(List.of(), List.of(0L), 0));
    }

    /**
     * A distribution.
     *
     * @param bounds upper bounds of the buckets, rising
     * @param counts of each bucket by itself, and of what is above all bounds: one more than there are bounds
     * @param sum of all values
     */
    public record Histogram(List<Integer> bounds, List<Long> counts, double sum) {
        public Histogram {
            bounds = List.copyOf(bounds);
            counts = List.copyOf(counts);
            if (counts.size() != bounds.size() + 1) {
                throw new IllegalArgumentException(
                        "counts: " + counts.size() + " (expected: one more than the " + bounds.size() + " bounds)");
            }
        }
    }

    /**
     * One other cluster.
     *
     * @param bytesIn of frames from its processes to this one, as they crossed the link but without TLS
     * @param framesIn how many frames that were
     * @param rejected words of it that were not believed, by kind in lower case, e.g. {@code forged}
     * @param recordsBehind how many of its records are known to exist and are not here yet, at least
     * @param lag since a sign of life of it last arrived here, directly or through others; null before the first
     * @param roundTrip smoothed; null before the first exchange
     * @param freshness how recent what is known of it is
     * @param staleness since its data last made progress here
     * @param clockOffset how far its clock is ahead of the one here, negative where it is behind; null while unknown
     * @param clockOff whether its clock is too far behind the others'
     */
    public record Peer(
            String cluster,
            long bytesIn,
            long bytesOut,
            long framesIn,
            long framesOut,
            Map<String, Long> rejected,
            long recordsBehind,
            @Nullable Duration lag,
            @Nullable Duration roundTrip,
            Member.Freshness freshness,
            Duration staleness,
            @Nullable Duration clockOffset,
            boolean clockOff) {
        public Peer {
            rejected = Map.copyOf(rejected);
        }
    }
}
