package dev.weft.api.guard;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Bounds of one connection; their effect is told in {@code reference.conf}.
 *
 * @param headBytes of request line and headers together
 * @param headers of one request
 * @param targetBytes of the request's target
 * @param headDeadline from the first byte of a head, or the opening of the connection, to the head's end
 * @param bodyDeadline from the end of the head to the end of the body
 * @param readDeadline for the client to take something of an answer
 * @param linger after the last answer, for the client to close as well
 */
public record GuardSettings(
        int headBytes,
        int headers,
        int targetBytes,
        Duration headDeadline,
        Duration bodyDeadline,
        Duration readDeadline,
        Duration linger) {

    /**
     * Reads the bounds.
     *
     * @param config {@code weft.api.guard}
     */
    public static GuardSettings from(Config config) {
        return new GuardSettings(
                Math.toIntExact(config.getBytes("max-head")),
                config.getInt("max-headers"),
                Math.toIntExact(config.getBytes("max-target")),
                config.getDuration("head-deadline"),
                config.getDuration("body-deadline"),
                config.getDuration("read-deadline"),
                config.getDuration("linger"));
    }
}
