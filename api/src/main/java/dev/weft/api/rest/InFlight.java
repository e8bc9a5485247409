package dev.weft.api.rest;

import akka.http.javadsl.model.AttributeKey;
import dev.weft.api.authentication.User;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many requests may wait for their answers: in all, of those that write, and of one user, so that one client with a
 * fault does not shut out the others. Watches and what is passed on to workloads have bounds of their own, and checks of
 * health are always answered. Safe for many threads.
 */
final class InFlight {
    /** Who must get through when others are too many: administrators, and those who tell proxies where to send what. */
    private static final Set<String> SYSTEM = Set.of(User.MASTERS, "system:nodes", User.PROXY_NODES);
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
     * @param ofSystem beyond all, by what the cluster itself is run by
     */
    record Bounds(int all, int writing, int ofUser, int ofSystem) {}

    /** A request that has begun; {@link #end} is called once, after all else. Not for two threads at once. */
    final class Place {
        private final boolean writes;
        private volatile boolean common;
        private volatile @Nullable User user;
        private volatile boolean away;

        private Place(boolean writes) {
            this.writes = writes;
            this.common = granted();
        }

        /** Whether the bounds that hold for all allow for this one. */
        private boolean granted() {
            return reading() + writing() <= bounds.all() && (!writes || writing() <= bounds.writing());
        }

        /** Whether there is a place at least for administrators and nodes; it is not known yet who asks. */
        boolean reserved() {
            return reading() + writing() <= bounds.all() + bounds.ofSystem();
        }

        /** Whether the bounds allow for this one, once it is known who asks. */
        boolean grantedTo(User asking) {
            user = asking;
            boolean ofHis = byUser.merge(asking.name(), 1, Integer::sum) <= bounds.ofUser();
            return ofHis && (common || (reserved() && asking.groups().stream().anyMatch(SYSTEM::contains)));
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
            common = granted();
            User known = user;
            return known == null ? common : grantedTo(known);
        }

        void end() {
            if (!away) {
                leave();
            }
        }

        private void leave() {
            (writes ? writing : reading).decrementAndGet();
            User known = user;
            if (known != null) {
                byUser.computeIfPresent(known.name(), (same, count) -> count == 1 ? null : count - 1);
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
