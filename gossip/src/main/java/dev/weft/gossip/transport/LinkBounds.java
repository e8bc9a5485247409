package dev.weft.gossip.transport;

import java.time.Duration;

/**
 * What a link may cost.
 *
 * @param links links at a time that others may have dialled
 * @param queueBytes what may wait on one link to be sent
 * @param window frames that a peer may send before the first has been processed
 * @param connectTimeout for making a connection
 * @param keepAliveTime silence after which a connection is probed
 * @param keepAliveTimeout how long the answer to a probe may take
 */
public record LinkBounds(
        int links,
        int queueBytes,
        int window,
        Duration connectTimeout,
        Duration keepAliveTime,
        Duration keepAliveTimeout) {
    public LinkBounds {
        if (links < 1 || queueBytes < 1 || window < 1) {
            throw new IllegalArgumentException("links: " + links + ", queue-bytes: " + queueBytes + ", window: "
                    + window + " (expected: positive)");
        }
    }
}
