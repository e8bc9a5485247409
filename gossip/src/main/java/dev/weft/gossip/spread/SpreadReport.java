package dev.weft.gossip.spread;

import java.util.List;

/**
 * What this process did in the federation since it started, for metrics.
 *
 * @param peers by cluster
 */
public record SpreadReport(List<PeerReport> peers, ConvergenceReport convergence) {
    public SpreadReport {
        peers = List.copyOf(peers);
    }
}
