package dev.weft.api.rest;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests may wait for their answers: in all, of those that write, and of one user, so that one client with a
 * fault does not shut out the others. Watches and what is passed on to workloads have bounds of their own, and checks of
 * health are always answered. Safe for many threads.
 */
final class InFlight {
    private final Bounds bounds;
    private final AtomicInteger reading = new AtomicInteger();
    private final AtomicInteger writing = new AtomicInteger();
    private final Map<String, Integer> byUser = new ConcurrentHashMap<>();

    InFlight(Bounds bounds) {
        this.bounds = bounds;
    }

    /**
     * The bounds.
     *
     * @param all requests of any kind
     * @param writing of those, which change something
     * @param ofUser of those, by one user
     */
    record Bounds(int all, int writing, int ofUser) {}

    /** A request that has begun; {@link #end} is called once. */
    final class Place {
        private final String user;
        private final boolean writes;

        private Place(String user, boolean writes) {
            this.user = user;
            this.writes = writes;
        }

        void end() {
            (writes ? writing : reading).decrementAndGet();
            byUser.computeIfPresent(user, (same, count) -> count == 1 ? null : count - 1);
        }

        /** Whether the bounds allow for this one. */
        boolean granted() {
            return reading() + writing() <= bounds.all()
                    && (!writes || writing() <= bounds.writing())
                    && byUser.getOrDefault(user, 0) <= bounds.ofUser();
        }
    }

    /** Counts a request; it is refused, and then ended, unless it is granted. */
    Place begin(String user, String method) {
        boolean writes = !method.equals("GET") && !method.equals("HEAD");
        (writes ? writing : reading).incrementAndGet();
        byUser.merge(user, 1, Integer::sum);
        return new Place(user, writes);
    }

    int reading() {
        return reading.get();
    }

    int writing() {
        return writing.get();
    }
}
