package dev.weft.registry.journal;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Bounds of the connections to PostgreSQL, from {@code weft.registry.postgres}.
 *
 * @param connections at most so many from one process
 * @param waiting how many statements may wait for a connection
 * @param connect how long to wait for a connection
 * @param answer how long to wait for an answer before the connection is given up
 */
public record PostgresSettings(int connections, int waiting, Duration connect, Duration answer) {
    public PostgresSettings {
        if (connections < 3) {
            throw new IllegalArgumentException(
                    "weft.registry.postgres.connections: " + connections + " (expected: at least 3)");
        }
    }

    /** Reads {@code weft.registry.postgres}. */
    public static PostgresSettings of(Config postgres) {
        return new PostgresSettings(
                postgres.getInt("connections"),
                postgres.getInt("waiting"),
                postgres.getDuration("connect-timeout"),
                postgres.getDuration("answer-timeout"));
    }
}
