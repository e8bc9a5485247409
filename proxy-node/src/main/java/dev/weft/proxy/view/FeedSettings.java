package dev.weft.proxy.view;

import java.time.Duration;

/**
 * How an API is followed over HTTP; each value is explained in {@code reference.conf}.
 *
 * @param watchTimeout what the server is asked to end a watch after
 * @param absentRetry when a kind is asked for again that the server does not have
 * @param silence how long a watch may bring nothing, not even a bookmark, before its server counts as dead
 */
public record FeedSettings(
        Duration connectTimeout,
        Duration listTimeout,
        Duration watchTimeout,
        Duration silence,
        Duration backoffMin,
        Duration backoffMax,
        Duration absentRetry,
        int pageSize,
        long maxPageBytes,
        int maxEventBytes) {

    public FeedSettings {
        if (backoffMin.isZero()
                || backoffMax.compareTo(backoffMin) < 0
                || absentRetry.toMillis() < 1
                || pageSize < 1
                || maxEventBytes < 1) {
            throw new IllegalArgumentException("weft.proxy.feed: backoff-min=" + backoffMin + " backoff-max="
                    + backoffMax + " absent-retry=" + absentRetry + " page-size=" + pageSize + " max-event="
                    + maxEventBytes + " (expected: 0 < min <= max, > 0, >= 1, >= 1)");
        }
    }
}
