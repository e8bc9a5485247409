package dev.weft.gossip;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What went between this process and the other clusters since it started, for metrics.
 *
 * @param peers one entry for each other cluster that is known, by name
 */
public record GossipStats(List<Peer> peers) {
    public GossipStats {
        peers = List.copyOf(peers);
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
            @Nullable Duration roundTrip) {
        public Peer {
            rejected = Map.copyOf(rejected);
        }
    }
}
