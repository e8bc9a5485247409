package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long changes that carry a number take to be seen by watchers. Used on one thread, but for the waiting. */
final class EventTimes {
    private static final Marker SEQUENCE = Marker.of("\"sequence\":\"");

    private final int first;
    private final long[] sent;
    private final CountDownLatch seen;
    private final Histogram nanos = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);

    /**
     * Of changes that have not begun.
     *
     * @param first the number of the first of them
     * @param watchers that each see every change
     */
    EventTimes(int first, int changes, int watchers) {
        this.first = first;
        sent = new long[changes];
        seen = new CountDownLatch(changes * watchers);
    }

    /** A change is sent now. */
    void sending(int sequence) {
        sent[sequence - first] = System.nanoTime();
    }

    /** A watcher has got a line. */
    void line(ByteBuf line) {
        int change = SEQUENCE.number(line) - first;
        if (change >= 0 && change < sent.length && sent[change] != 0) {
            nanos.recordValue(System.nanoTime() - sent[change]);
            seen.countDown();
        }
    }

    /** Waits until every change was seen by every watcher. */
    EventTimes await() {
        Watchers.await(seen, "events");
        return this;
    }

    double millis(double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }
}
