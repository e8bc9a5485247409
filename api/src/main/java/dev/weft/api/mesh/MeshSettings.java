package dev.weft.api.mesh;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Settings of the computed kinds; their effect is told in {@code reference.conf}.
 *
 * @param interval between two looks while there are watches
 * @param history changes that are remembered
 * @param watchBuffer batches of changes that wait for a slow watch
 * @param timeout of a look
 */
public record MeshSettings(Duration interval, int history, int watchBuffer, Duration timeout) {

    /**
     * Reads the settings.
     *
     * @param config {@code weft.api.mesh}
     */
    public static MeshSettings from(Config config) {
        return new MeshSettings(
                config.getDuration("interval"),
                config.getInt("history"),
                config.getInt("watch-buffer"),
                config.getDuration("timeout"));
    }
}
