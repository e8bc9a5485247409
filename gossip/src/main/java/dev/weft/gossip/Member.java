package dev.weft.gossip;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One cluster of the federation as seen from here.
 *
 * @param cluster its name
 * @param addresses where its gossip listens
 * @param status how sure we are of it
 * @param roundTrip smoothed time of an exchange; null before the first one, and for this cluster itself
 * @param recordsBehind how many records it is known to hold that are not here yet
 * @param lastExchange when its state was last confirmed, directly or through others; null if never
 * @param self whether it is this cluster
 */
public record Member(
        String cluster,
        java.util.List<HostPort> addresses,
        Status status,
        @Nullable Duration roundTrip,
        long recordsBehind,
        @Nullable Instant lastExchange,
        boolean self) {
    public Member {
        addresses = java.util.List.copyOf(addresses);
    }

    /** How sure we are of a member (phi accrual over exchanges). */
    public enum Status {
        ALIVE,
        SUSPECT,
        UNREACHABLE,
        LEFT
    }
}
