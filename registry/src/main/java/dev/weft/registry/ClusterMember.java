package dev.weft.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One cluster of the federation as seen from here.
 *
 * @param name the cluster's name
 * @param addresses where its gossip listens, {@code HOST:PORT}
 * @param state {@code Alive}, {@code Suspect}, {@code Unreachable} or {@code Left}
 * @param roundTrip smoothed time of an exchange; null before the first one, and for this cluster itself
 * @param recordsBehind how many of its records are known to exist and are not here yet
 * @param lastExchange when its state was last confirmed; null if never
 * @param self whether it is this cluster
 * @param freshness {@code Fresh}, {@code Suspect}, {@code Stale} or {@code Withdrawn}, by the progress of its data
 * @param staleness since it last made progress here
 * @param clockOffset how far its clock is ahead of the one here, negative where it is behind; null while unknown
 * @param clockOff whether its clock is too far behind the others' for its word on what is older
 * @param digest stands for all that is held of it here: equal wherever the same is held; empty where nobody knows
 */
public record ClusterMember(
        String name,
        List<String> addresses,
        String state,
        @Nullable Duration roundTrip,
        long recordsBehind,
        @Nullable Instant lastExchange,
        boolean self,
        String freshness,
        Duration staleness,
        @Nullable Duration clockOffset,
        boolean clockOff,
        String digest) {
    public ClusterMember {
        addresses = List.copyOf(addresses);
    }

    /** One that is fresh, with a good clock. */
    public ClusterMember(
            String name,
            List<String> addresses,
            String state,
            @Nullable Duration roundTrip,
            long recordsBehind,
            @Nullable Instant lastExchange,
            boolean self) {
        this(
                name,
                addresses,
                state,
                roundTrip,
                recordsBehind,
                lastExchange,
                self,
                "Fresh",
                Duration.ZERO,
                null,
                false,
                "");
    }
}
