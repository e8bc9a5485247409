package dev.weft.gossip.member;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the entries of its processes say of a cluster.
 *
 * @param cluster its name
 * @param nodes its processes that have not left, sorted
 * @param status the best of its processes
 * @param lastHeard when a heartbeat of it last arrived here, directly or through others; null if never in this life
 */
public record ClusterView(
        String cluster,
        List<NodeId> nodes,
        Status status,
        @Nullable Instant lastHeard) {
    public ClusterView {
        nodes = List.copyOf(nodes);
    }
}
