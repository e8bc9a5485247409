package dev.weft.proxy.selection;

import dev.weft.proxy.view.TrafficPolicy;
import java.util.List;

/**
 * The endpoints in choice for a service port.
 *
 * @param cluster for traffic with policy Cluster (rule KP-3)
 * @param local for traffic with policy Local (rule KP-4)
 * @param reachable both together, each once (rule KP-7)
 * @param existsAnywhere whether any endpoint is usable in the whole cluster set: without one for this node, traffic is
 *     dropped; without one anywhere, it is rejected
 */
public record Selection(
        List<Candidate> cluster, List<Candidate> local, List<Candidate> reachable, boolean existsAnywhere) {
    public Selection {
        cluster = List.copyOf(cluster);
        local = List.copyOf(local);
        reachable = List.copyOf(reachable);
    }

    /** The list that a policy uses; no fallback from Local to other nodes (rule KP-6). */
    public List<Candidate> forPolicy(TrafficPolicy policy) {
        return policy == TrafficPolicy.LOCAL ? local : cluster;
    }
}
