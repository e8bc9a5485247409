package dev.weft.proxy.selection;

import java.util.List;

/**
 * The endpoints in choice that are equally near.
 *
 * @param rank 0 for the own node, 1 for the own zone, 2 for the own cluster, 3 for another cluster
 * @param cluster which other cluster; empty below rank 3
 * @param candidates those of the choice
 * @param known how many endpoints this near are known that do not terminate, ready or not: its whole capacity
 */
public record LocalityTier(int rank, String cluster, List<Candidate> candidates, int known) {
    public LocalityTier {
        candidates = List.copyOf(candidates);
    }

    /** Whether it is another cluster's, whose distance is a matter of measurement. */
    public boolean remote() {
        return rank == LocalityTiers.OTHER_CLUSTER;
    }
}
