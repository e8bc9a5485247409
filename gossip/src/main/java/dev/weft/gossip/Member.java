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
 * @param freshness how recent what is known of it is, judged by the progress of its data
 * @param staleness since it last made progress here; zero for this cluster itself
 * @param clockOffset how far its clock is ahead of the one here, negative where it is behind; null while unknown
 * @param clockOff whether its clock is too far behind the others' for its word on what is older
 * @param digest 16 hexadecimal digits that stand for all records of it that are held here: equal wherever the same are held
 */
public record Member(
        String cluster,
        java.util.List<HostPort> addresses,
        Status status,
        @Nullable Duration roundTrip,
        long recordsBehind,
        @Nullable Instant lastExchange,
        boolean self,
        Freshness freshness,
        Duration staleness,
        @Nullable Duration clockOffset,
        boolean clockOff,
        String digest) {
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

    /** How recent what is known of a member is, best first. */
    public enum Freshness {
        FRESH,
        SUSPECT,
        /** It stays in use, behind what others say. */
        STALE,
        /** It is not used any more, though still known. */
        WITHDRAWN
    }
}
