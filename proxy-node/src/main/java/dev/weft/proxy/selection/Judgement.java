package dev.weft.proxy.selection;

import dev.weft.proxy.view.Slice;
import dev.weft.proxy.view.TrafficPolicy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is decided of every endpoint of one port and address family: the data path takes {@link #selection} of it, whoever
 * asks for reasons all of it.
 *
 * @param seen every endpoint, each address once
 * @param superseded what other slices say of an address that is seen already
 * @param otherPorts slices of the family without such a port
 * @param cluster for traffic with policy Cluster; null where there is none
 * @param local for traffic with policy Local; null where there is none
 */
public record Judgement(
        List<Sighting> seen,
        List<Sighting> superseded,
        List<Slice> otherPorts,
        @Nullable Choice cluster,
        @Nullable Choice local) {
    public Judgement {
        seen = List.copyOf(seen);
        superseded = List.copyOf(superseded);
        otherPorts = List.copyOf(otherPorts);
    }

    /** The lists alone. */
    public Selection selection() {
        List<Candidate> forCluster = cluster == null ? List.of() : cluster.chosen();
        List<Candidate> forLocal = local == null ? List.of() : local.chosen();
        boolean exists = seen.stream()
                .map(Sighting::candidate)
                .anyMatch(candidate -> candidate.ready() || candidate.servingTerminating());
        return new Selection(forCluster, forLocal, union(forCluster, forLocal), exists);
    }

    /** Mostly there is but one of the two, and nothing to look for. */
    private static List<Candidate> union(List<Candidate> one, List<Candidate> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() ? other : one;
        }
        Set<Candidate> union = new LinkedHashSet<>(one);
        union.addAll(other);
        return List.copyOf(union);
    }

    /** What a policy uses; no fallback from Local to other nodes (rule KP-6). */
    public @Nullable Choice forPolicy(TrafficPolicy policy) {
        return policy == TrafficPolicy.LOCAL ? local : cluster;
    }
}
