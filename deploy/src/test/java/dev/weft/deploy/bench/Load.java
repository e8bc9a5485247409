package dev.weft.deploy.bench;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What a number of operations came to. Filled by one thread, read after it has ended. */
final class Load {
    private final int wanted;
    private final long begun;
    private final Histogram nanos = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
    private final CompletableFuture<Load> done = new CompletableFuture<>();
    private int answered;
    private long ended;

    Load(int wanted) {
        this.wanted = wanted;
        this.begun = System.nanoTime();
    }

    /** One operation is over that was begun, or was meant to begin, at a time of {@link System#nanoTime()}. */
    void record(long since) {
        long now = System.nanoTime();
        nanos.recordValue(Math.min(now - since, nanos.getHighestTrackableValue()));
        answered++;
        if (answered == wanted) {
            ended = now;
            done.complete(this);
        }
    }

    void failed(Throwable cause) {
        done.completeExceptionally(cause);
    }

    /** Waits for the end. */
    Load await() {
        return done.orTimeout(10, TimeUnit.MINUTES).join();
    }

    int operations() {
        return answered;
    }

    double perSecond() {
        return answered * 1e9 / (ended - begun);
    }

    double millis(double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }
}
