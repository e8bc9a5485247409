package dev.weft.api.rest;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** How many watches may be open, and for how long. Safe for many threads. */
final class WatchLimits {
    private final Bounds bounds;
    private final RandomGenerator random;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<String, Integer> byUser = new ConcurrentHashMap<>();

    WatchLimits(Bounds bounds, RandomGenerator random) {
        this.bounds = bounds;
        this.random = random;
    }

    /**
     * The bounds.
     *
     * @param most watches open at a time
     * @param ofUser of those, by one user
     * @param shortest the least time that a watch lasts whose client names none; clients come back spread over the time from
     *     here to {@code longest}
     * @param longest for any watch
     */
    record Bounds(int most, int ofUser, Duration shortest, Duration longest) {}

    int open() {
        return open.get();
    }

    /**
     * Lets a watch begin, and counts it until its stream has ended, however it does. A stream that never starts, because the
     * client has gone, does not count.
     *
     * @param user who watches
     * @param wishSeconds 0 for no wish
     * @param begin makes the stream from the time that it may last
     * @throws RequestRefused if too many are open
     */
    Source<ByteString, NotUsed> bounded(
            String user, long wishSeconds, Function<Duration, Source<ByteString, NotUsed>> begin) {
        if (open.get() >= bounds.most() || byUser.getOrDefault(user, 0) >= bounds.ofUser()) {
            throw new RequestRefused(Refusals.tooManyRequests());
        }
        return begin.apply(lasting(wishSeconds)).watchTermination((notUsed, done) -> {
            open.incrementAndGet();
            byUser.merge(user, 1, Integer::sum);
            done.whenComplete((end, failure) -> {
                open.decrementAndGet();
                byUser.computeIfPresent(user, (same, count) -> count == 1 ? null : count - 1);
            });
            return notUsed;
        });
    }

    private Duration lasting(long wishSeconds) {
        long longest = bounds.longest().toMillis();
        if (wishSeconds > 0) {
            return Duration.ofMillis(Math.min(longest, Math.multiplyExact(Math.min(wishSeconds, longest), 1000L)));
        }
        long shortest = bounds.shortest().toMillis();
        return Duration.ofMillis(shortest + random.nextLong(Math.max(1, longest - shortest)));
    }
}
