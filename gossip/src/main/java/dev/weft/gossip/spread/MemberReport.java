package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.member.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One cluster as seen from here.
 *
 * @param roundTrip to the nearest of its processes; null before the first exchange
 * @param recordsBehind how many of its records are known to exist and are not here yet, at least
 * @param lastExchange when a heartbeat of it last arrived; null if never, and for this cluster itself the present
 */
public record MemberReport(
        String cluster,
        List<NodeAddress> addresses,
        Status status,
        @Nullable Duration roundTrip,
        long recordsBehind,
        @Nullable Instant lastExchange,
        boolean self) {
    public MemberReport {
        addresses = List.copyOf(addresses);
    }

    /** Whether the other says the same but for times. */
    boolean sameButTimes(MemberReport other) {
        return cluster.equals(other.cluster)
                && addresses.equals(other.addresses)
                && status == other.status
                && recordsBehind == other.recordsBehind;
    }
}
