package dev.weft.registry;

import akka.stream.BoundedSourceQueue;
import akka.stream.QueueOfferResult;
import dev.weft.registry.watch.WatchEvent;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the reader of one watch, bounded. One thread offers, another takes; the reader is woken only when it has found
 * nothing, so that a burst wakes it once.
 */
final class WatchQueue implements BoundedSourceQueue<WatchEvent> {
    private final int capacity;
    private final Runnable wake;
    private final Queue<WatchEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    /** Whether the reader has found nothing, and waits to be woken. */
    private final AtomicBoolean waiting = new AtomicBoolean();

    private volatile boolean complete;

    /** @param wake called by whoever offers or completes; must not block */
    WatchQueue(int capacity, Runnable wake) {
        this.capacity = capacity;
        this.wake = wake;
    }

    @Override
    public QueueOfferResult offer(WatchEvent event) {
        if (complete) {
            return QueueOfferResult.QueueClosed$.MODULE$;
        }
        if (size.get() >= capacity) {
            return QueueOfferResult.dropped();
        }
        size.incrementAndGet();
        events.add(event);
        wakeReader();
        return QueueOfferResult.enqueued();
    }

    /** Nothing more comes; what waits is still taken. */
    @Override
    public void complete() {
        complete = true;
        wakeReader();
    }

    /** Not needed: a watch says itself why it ends. */
    @Override
    public void fail(Throwable failure) {
        complete();
    }

    @Override
    public int size() {
        return size.get();
    }

    /** The next event, or null; then the reader is woken when there is one, or none will come. */
    @Nullable
    WatchEvent take() {
        WatchEvent event = events.poll();
        if (event == null) {
            waiting.set(true);
            event = events.poll(); // what came before anybody could see that the reader waits
            if (event == null) {
                return null;
            }
            waiting.set(false);
        }
        size.decrementAndGet();
        return event;
    }

    /** Whether all has been taken and nothing more comes. */
    boolean isOver() {
        return complete && events.isEmpty();
    }

    /** The reader has gone: nothing is kept for it. */
    void leave() {
        complete = true;
        events.clear();
    }

    private void wakeReader() {
        if (waiting.getAndSet(false)) {
            wake.run();
        }
    }
}
