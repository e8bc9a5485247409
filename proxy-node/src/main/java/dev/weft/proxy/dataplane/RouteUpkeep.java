package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Target;
import dev.weft.proxy.view.ServiceKey;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link Route} as it should be at each moment: what failed too often goes out of choice, what has been out long
 * enough comes back, what starts slowly gets its weight. Its timer is touched on one loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // timers need no looking after
final class RouteUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(RouteUpkeep.class);

    /** Where many endpoints are due, each at a time of its own, they are seen to together. */
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** All routes are seen to at multiples of this, so that the loop wakes once for many of them. */
    private static final long GRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServiceKey service;
    private final Route route;
    private final EventLoopGroup loop;
    private final LongSupplier nanos;
    private final BooleanSupplier over;
    private @Nullable Future<?> reconsidering;
    /** Written on the loop: whether a timer runs, and until when. */
    private volatile boolean waits;

    private volatile long dueNanos;

    /**
     * @param loop of one thread
     * @param over whether nothing will be led anywhere any more; asked on the loop
     */
    RouteUpkeep(ServiceKey service, Route route, EventLoopGroup loop, LongSupplier nanos, BooleanSupplier over) {
        this.service = service;
        this.route = route;
        this.loop = loop;
        this.nanos = nanos;
        this.over = over;
    }

    Route route() {
        return route;
    }

    /** Takes over a plan; returns the targets that are no longer in choice. From any thread. */
    List<Target> update(ListenerPlan plan) {
        long now = nanos.getAsLong();
        List<Target> left = route.update(plan, now);
        long dueIn = route.dueIn();
        if (dueIn > 0
                && (!waits
                        || now + Math.max(dueIn, LEAST_NANOS) - dueNanos
                                < 0)) { // else the timer that runs comes in time
            loop.execute(() -> await(dueIn));
        }
        return left;
    }

    /**
     * An endpoint failed, for its own fault as far as can be seen; perhaps it is out of choice for that. From any thread.
     */
    void failed(Target target, String how) {
        long outNanos = route.failed(target, nanos.getAsLong());
        if (outNanos > 0) {
            LOG.info(
                    "endpoint {} of {} is out of choice for {} ms, failed {} times in all; last: {}",
                    target.identity(),
                    service,
                    TimeUnit.NANOSECONDS.toMillis(outNanos),
                    target.failures(),
                    how);
            loop.execute(this::reconsider);
        }
    }

    /** How far another cluster is has become known, or anew. From any thread. */
    void measured() {
        loop.execute(this::reconsider);
    }

    /** On the loop, or any thread: what fails the test is out of choice, the rest may be in it. */
    void judge(Predicate<Target> dead) {
        route.judge(dead, nanos.getAsLong());
    }

    /** Who has whom by session affinity, of so many clients at most. */
    List<AffinityMemory.Client> clients(int most) {
        return route.clients(nanos.getAsLong(), most);
    }

    /** Clients have these endpoints from now on, as far as there are such. */
    void recall(List<AffinityMemory.Client> clients) {
        route.recall(clients, nanos.getAsLong());
    }

    private void reconsider() {
        waits = false;
        long dueIn = route.reconsider(nanos.getAsLong());
        if (dueIn > 0) {
            await(dueIn);
        }
    }

    private void await(long dueInNanos) {
        Future<?> earlier = reconsidering;
        if (earlier != null) {
            earlier.cancel(false);
        }
        if (!over.getAsBoolean()) {
            long now = nanos.getAsLong();
            long due = now + Math.max(dueInNanos, LEAST_NANOS);
            due += Math.floorMod(-due, GRAIN_NANOS);
            dueNanos = due;
            waits = true;
            reconsidering = loop.schedule(this::reconsider, due - now, TimeUnit.NANOSECONDS);
        }
    }
}
