package dev.weft.registry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What went between this node and the other clusters since it started.
 *
 * @param peers one entry for each other cluster
 * @param convergence from the commit of others' changes to their being known here, clocks corrected, in milliseconds
 */
public record FederationTraffic(List<Peer> peers, Histogram convergence) {
    /** Of a node that takes no part in the federation itself. */
    public static final FederationTraffic NONE =
            new FederationTraffic(List.of(), new Histogram(List.of(), List.of(0L), 0));

    public FederationTraffic {
        peers = List.copyOf(peers);
    }

    /**
     * One other cluster.
     *
     * @param bytesIn of frames from its processes to this one, without TLS
     * @param rejected words of it that were not believed, by kind, e.g. {@code forged}
     * @param lag since a sign of life of it last arrived here, directly or through others; null before the first
     */
    public record Peer(
            String cluster,
            long bytesIn,
            long bytesOut,
            long framesIn,
            long framesOut,
            Map<String, Long> rejected,
            @Nullable Duration lag) {
        public Peer {
            rejected = Map.copyOf(rejected);
        }
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
        }
    }
}
