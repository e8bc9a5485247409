package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.HdrHistogram.Histogram;

/**
 * Pods that become ready and unready, one after the other, and how long each takes to be seen in the slice of its Service.
 * The next one's turn comes after a while, but not before the last one was seen: two changes of a slice may become one.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the count tells whether all were sent
final class SliceChanges {
    private static final Marker SERVICE = Marker.of("\"kubernetes.io/service-name\":\"svc-");
    private static final Marker READY = Marker.of("\"ready\":true");

    private final EventLoop loop;
    private final long intervalNanos;
    private final int services;
    private final BiFunction<Integer, Boolean, Runnable> change;
    private final Histogram nanos = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
    private CountDownLatch left = new CountDownLatch(0);
    private int service;
    private boolean ready = true;
    private boolean pending;
    private long sent;

    /**
     * Changes of Services that are numbered from 0, each with one Pod that is ready.
     *
     * @param change sends that the Pod of a Service is ready, or is not
     */
    SliceChanges(EventLoop loop, double perSecond, int services, BiFunction<Integer, Boolean, Runnable> change) {
        this.loop = loop;
        this.intervalNanos = (long) (1e9 / perSecond);
        this.services = services;
        this.change = change;
    }

    /** Makes so many changes, and waits until they were seen. */
    SliceChanges make(int changes) {
        left = new CountDownLatch(changes);
        loop.execute(() -> {
            nanos.reset();
            next();
        });
        Watchers.await(left, "slices");
        return this;
    }

    private void next() {
        // Each Pod goes and comes again; then it is another's turn.
        ready = !ready;
        service = ready ? service : (int) ((service + 7919L) % services);
        pending = true;
        Runnable send = change.apply(service, ready);
        sent = System.nanoTime();
        send.run();
    }

    /** A watcher has got a line. */
    void line(ByteBuf line) {
        if (pending && SERVICE.number(line) == service && READY.isIn(line) == ready) {
            long took = System.nanoTime() - sent;
            pending = false;
            nanos.recordValue(took);
            left.countDown();
            if (left.getCount() > 0) {
                var unused = loop.schedule(this::next, Math.max(0, intervalNanos - took), TimeUnit.NANOSECONDS);
            }
        }
    }

    double millis(double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }
}
