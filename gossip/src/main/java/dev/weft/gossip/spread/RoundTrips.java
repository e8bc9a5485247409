package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How long the way to each process and back takes, smoothed as TCP does it (RFC 6298). Belongs to one owner. */
final class RoundTrips {
    /** The share of a new sample. */
    private static final double WEIGHT = 0.125;

    private final Map<NodeId, Double> nanos = new HashMap<>();

    void sample(NodeId node, Duration took) {
        nanos.merge(node, (double) took.toNanos(), (smoothed, latest) -> smoothed + WEIGHT * (latest - smoothed));
    }

    void forget(NodeId node) {
        nanos.remove(node);
    }

    /** To the nearest of some processes; null before the first exchange with any of them. */
    @Nullable
    Duration nearest(Predicate<NodeId> these) {
        return nanos.entrySet().stream()
                .filter(each -> these.test(each.getKey()))
                .map(Map.Entry::getValue)
                .min(Double::compare)
                .map(least -> Duration.ofNanos(Math.round(least)))
                .orElse(null);
    }
}
