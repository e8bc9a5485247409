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
 */
public record ClusterMember(
        String name,
        List<String> addresses,
        String state,
        @Nullable Duration roundTrip,
        long recordsBehind,
        @Nullable Instant lastExchange,
        boolean self) {
    public ClusterMember {
        addresses = List.copyOf(addresses);
    }
}
