package dev.weft.api.forward;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Bounds of requests that are passed on to workloads; their effect is told in {@code reference.conf}.
 *
 * @param requests under way at a time, until their answers have been passed on
 * @param bodyBytes of one request
 * @param answerDeadline from the request to the head of the answer
 * @param http the settings of Akka HTTP's client
 */
public record ForwardSettings(int requests, long bodyBytes, Duration answerDeadline, Config http) {

    /**
     * Reads the bounds.
     *
     * @param config {@code weft.api.forward}
     */
    public static ForwardSettings from(Config config) {
        return new ForwardSettings(
                config.getInt("max-requests"),
                config.getBytes("max-body"),
                config.getDuration("answer-deadline"),
                config.getConfig("http"));
    }
}
