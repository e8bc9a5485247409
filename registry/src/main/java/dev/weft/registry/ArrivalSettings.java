package dev.weft.registry;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * When shards are given to a process that has come into the cluster.
 *
 * @param settle how long it must have been there before shards that run elsewhere are moved to it
 * @param patience after how long it counts as one that has come up though it has not said so
 */
record ArrivalSettings(Duration settle, Duration patience) {
    /** Reads {@code weft.registry.arrival}. */
    static ArrivalSettings of(Config arrival) {
        return new ArrivalSettings(arrival.getDuration("settle"), arrival.getDuration("patience"));
    }
}
