package dev.weft.registry;

import akka.stream.javadsl.Sink;
import akka.stream.javadsl.SinkQueueWithCancel;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.ResourceFilter;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** A watch that a test reads at its own pace. */
final class Watched implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 20;

    private final SinkQueueWithCancel<WatchEvent> events;

    private Watched(SinkQueueWithCancel<WatchEvent> events) {
        this.events = events;
    }

    static Watched of(RunningRegistry registry, WatchRequest request) {
        return new Watched(registry.node().watch(request).runWith(Sink.queue(1), registry.system()));
    }

    static Watched since(RunningRegistry registry, Collection collection, long version) {
        return of(registry, new WatchRequest(collection, ResourceFilter.ALL, OptionalLong.of(version), false, false));
    }

    /** The next event; fails after a while. */
    WatchEvent next() {
        try {
            return events.pull()
                    .toCompletableFuture()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .orElseThrow(() -> new AssertionError("the watch has ended"));
        } catch (Exception e) {
            throw new AssertionError("no event", e);
        }
    }

    List<WatchEvent> next(int count) {
        List<WatchEvent> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(next());
        }
        return all;
    }

    /** Everything up to the end of the stream. */
    List<WatchEvent> rest() {
        List<WatchEvent> all = new ArrayList<>();
        try {
            for (var event = events.pull().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    event.isPresent();
                    event = events.pull().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                all.add(event.get());
            }
        } catch (Exception e) {
            throw new AssertionError("the watch does not end, after " + all, e);
        }
        return all;
    }

    /** {@code ADDED name}, for short. */
    static String shown(WatchEvent event) {
        if (event instanceof WatchEvent.Added added) {
            return "ADDED " + added.object().key().name();
        }
        if (event instanceof WatchEvent.Modified modified) {
            return "MODIFIED " + modified.object().key().name();
        }
        if (event instanceof WatchEvent.Deleted deleted) {
            return "DELETED " + deleted.object().key().name();
        }
        if (event instanceof WatchEvent.Bookmark bookmark) {
            return bookmark.initialEventsEnd() ? "END" : "BOOKMARK";
        }
        return "FAILED " + ((WatchEvent.Failed) event).refusal().reason();
    }

    static long version(WatchEvent event) {
        if (event instanceof WatchEvent.Added added) {
            return added.object().version();
        }
        if (event instanceof WatchEvent.Modified modified) {
            return modified.object().version();
        }
        if (event instanceof WatchEvent.Deleted deleted) {
            return deleted.object().version();
        }
        return event instanceof WatchEvent.Bookmark bookmark ? bookmark.version() : -1;
    }

    @Override
    public void close() {
        events.cancel();
    }
}
