package dev.weft.api.rest;

import akka.http.javadsl.model.AttributeKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many requests may wait for their answers: in all, of those that write, and of one user, so that one client with a
 * fault does not shut out the others. Watches and what is passed on to workloads have bounds of their own, and checks of
 * health are always answered. Safe for many threads.
 */
final class InFlight {
    /** On a request that has a place. */
    static final AttributeKey<Place> PLACE = AttributeKey.create("place", Place.class);

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

    /** A request that has begun; {@link #end} is called once, after all else. Not for two threads at once. */
    final class Place {
        private final boolean writes;
        private volatile @Nullable String user;
        private volatile boolean away;

        private Place(boolean writes) {
            this.writes = writes;
        }

        /** Whether the bounds that hold for all allow for this one. */
        boolean granted() {
            return reading() + writing() <= bounds.all() && (!writes || writing() <= bounds.writing());
        }

        /** Whether the bound of its user allows for this one, once it is known who that is. */
        boolean grantedTo(String name) {
            user = name;
            return byUser.merge(name, 1, Integer::sum) <= bounds.ofUser();
        }

        /** Gives its place to others for as long as its body is still to come. */
        void pause() {
            leave();
            away = true;
        }

        /** Comes back; whether there is a place for it again. It counts in any case, until it ends. */
        boolean resume() {
            away = false;
            (writes ? writing : reading).incrementAndGet();
            String known = user;
            return (known == null || grantedTo(known)) && granted();
        }

        void end() {
            if (!away) {
                leave();
            }
        }

        private void leave() {
            (writes ? writing : reading).decrementAndGet();
            String known = user;
            if (known != null) {
                byUser.computeIfPresent(known, (same, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    /** Counts a request; one that is not granted is refused, and then ended. */
    Place begin(String method) {
        boolean writes = !method.equals("GET") && !method.equals("HEAD");
        (writes ? writing : reading).incrementAndGet();
        return new Place(writes);
    }

    int reading() {
        return reading.get();
    }

    int writing() {
        return writing.get();
    }
}
