package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.member.Freshness;
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
 * @param freshness how recent what is known of it is
 * @param staleness since it last made progress; zero for this cluster itself
 * @param clockOffset how far its clock is ahead of the one here, negative where it is behind; null while unknown
 * @param clockOff whether its clock is too far behind for its word on what is older
 * @param digest see {@link dev.weft.gossip.origin.Replica#digest}
 */
public record MemberReport(
        String cluster,
        List<NodeAddress> addresses,
        Status status,
        @Nullable Duration roundTrip,
        long recordsBehind,
        @Nullable Instant lastExchange,
        boolean self,
        Freshness freshness,
        Duration staleness,
        @Nullable Duration clockOffset,
        boolean clockOff,
        ByteString digest) {
    public MemberReport {
        addresses = List.copyOf(addresses);
    }

    /** Whether the other says the same but for times. */
    boolean sameButTimes(MemberReport other) {
        return cluster.equals(other.cluster)
                && addresses.equals(other.addresses)
                && status == other.status
                && freshness == other.freshness
                && clockOff == other.clockOff
                && recordsBehind == other.recordsBehind;
    }
}
