package dev.weft.registry.watch;

import akka.stream.BoundedSourceQueue;
import akka.stream.QueueOfferResult;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One watch on this node: what it wants, and the bounded queue to its reader. Used by the hub's thread
 * only; the reader takes the last word once the queue has completed.
 */
final class Watcher {
    private final WatchRequest request;
    private final BoundedSourceQueue<WatchEvent> queue;
    private final AtomicReference<@Nullable WatchEvent> last;
    private long after;

    Watcher(HubCommand.Subscription subscription) {
        this.request = subscription.request();
        this.queue = subscription.queue();
        this.last = subscription.last();
    }

    WatchRequest request() {
        return request;
    }

    /** Nothing up to this version is to be delivered any more. */
    void startAfter(long version) {
        after = version;
    }

    /** The events for the present objects. */
    List<WatchEvent> present(WindowView view) {
        List<WatchEvent> events = new ArrayList<>();
        for (Resource object : view.objects().range(request.collection())) {
            if (request.filter().matches(object)) {
                events.add(new WatchEvent.Added(object));
            }
        }
        if (request.initialEventsEnd()) {
            events.add(new WatchEvent.Bookmark(view.version(), true));
        }
        return events;
    }

    /** The events for changes of the past. */
    List<WatchEvent> missed(List<WatchWindow.Logged> changes, long version) {
        List<WatchEvent> events = new ArrayList<>();
        changes.forEach(logged -> see(logged).ifPresent(events::add));
        if (request.initialEventsEnd()) {
            events.add(new WatchEvent.Bookmark(Math.max(after, version), true));
        }
        return events;
    }

    /** Whether it is the one of a subscription. */
    boolean isOf(HubCommand.Subscription subscription) {
        return queue == subscription.queue();
    }

    /** Says how far it is, where that is wanted and new; false when the watch is over. */
    boolean bookmark(long version) {
        return !request.bookmarks() || version <= after || offer(new WatchEvent.Bookmark(version, false));
    }

    /** What a change is to this watcher, if anything. */
    Optional<WatchEvent> see(WatchWindow.Logged logged) {
        if (logged.change().version() <= after) {
            return Optional.empty();
        }
        Resource before = logged.change().before();
        Resource now = logged.change().after();
        boolean matched = before != null && request.filter().matches(before);
        if (now != null && request.filter().matches(now)) {
            return Optional.of(matched ? new WatchEvent.Modified(now) : new WatchEvent.Added(now));
        }
        if (!matched || before == null) {
            return Optional.empty();
        }
        Resource removed = logged.removed();
        return Optional.of(new WatchEvent.Deleted(
                removed != null
                        ? removed
                        : ResourceStamp.again(before, logged.change().version())));
    }

    /** Hands over one event; false when the watch is over, because the reader left or was too slow. */
    boolean offer(WatchEvent event) {
        QueueOfferResult result = queue.offer(event);
        if (result == QueueOfferResult.enqueued()) {
            return true;
        }
        if (result == QueueOfferResult.dropped()) {
            end(Refusal.expired("The watch was too slow and is cut off: too old resource version; list again"));
        }
        return false;
    }

    /** Ends the stream, after what is in the queue, with a reason. */
    void end(Refusal refusal) {
        last.set(new WatchEvent.Failed(refusal));
        queue.complete();
    }
}
