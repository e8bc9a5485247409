package dev.weft.registry;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How the processes that share a store find each other, {@code weft.registry.gathering}.
 *
 * @param beat how often a process reports that it lives
 * @param patience after how long without a report one is taken for dead; several times the beat
 */
public record GatheringSettings(Duration beat, Duration patience) {

    static GatheringSettings of(Config gathering) {
        return new GatheringSettings(gathering.getDuration("beat"), gathering.getDuration("patience"));
    }
}
