package dev.weft.api;

import akka.stream.BoundedSourceQueue;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What happened to the objects of an {@link InMemoryRegistry}, and who is told of it. Under the lock of that registry. */
final class InMemoryHistory {
    private final List<Step> steps = new ArrayList<>();
    private final Set<Watcher> watchers = new LinkedHashSet<>();
    private long oldest;

    /** One change; before or after may be null. */
    private record Step(@Nullable Resource before, @Nullable Resource after, long version) {}

    record Watcher(WatchRequest request, BoundedSourceQueue<WatchEvent> queue) {}

    /** @param oldest nobody can watch from before this version */
    InMemoryHistory(long oldest) {
        this.oldest = oldest;
    }

    /** Forgets all up to a version. */
    void forget(long version) {
        steps.clear();
        oldest = version;
    }

    int watchers() {
        return watchers.size();
    }

    /** @param before of what was removed, its last state */
    void add(@Nullable Resource before, @Nullable Resource after, long version) {
        Step step = new Step(before, after, version);
        steps.add(step);
        List.copyOf(watchers).forEach(watcher -> tell(watcher, step));
    }

    void remove(Watcher watcher) {
        watchers.remove(watcher);
    }

    /** Someone begins to watch, with what is there or what he missed. */
    void begin(Watcher watcher, Collection<Resource> present, long version) {
        WatchRequest request = watcher.request();
        long since = request.since().orElse(version);
        if (since < oldest) {
            watcher.queue()
                    .offer(new WatchEvent.Failed(
                            Refusal.expired("too old resource version: " + since + " (" + version + ")")));
            watcher.queue().complete();
            return;
        }
        watchers.add(watcher);
        if (request.since().isEmpty()) {
            present.stream()
                    .filter(object -> wants(watcher, object))
                    .forEach(object -> watcher.queue().offer(new WatchEvent.Added(object)));
            if (request.initialEventsEnd()) {
                watcher.queue().offer(new WatchEvent.Bookmark(version, true));
            }
        } else {
            steps.stream().filter(step -> step.version() > since).forEach(step -> tell(watcher, step));
        }
    }

    private static void tell(Watcher watcher, Step step) {
        Resource after = step.after();
        Resource before = step.before();
        boolean then = before != null && wants(watcher, before);
        if (after != null && wants(watcher, after)) {
            watcher.queue().offer(then ? new WatchEvent.Modified(after) : new WatchEvent.Added(after));
        } else if (before != null && then) {
            watcher.queue().offer(new WatchEvent.Deleted(before));
        }
    }

    private static boolean wants(Watcher watcher, Resource object) {
        return watcher.request().collection().contains(object.key())
                && watcher.request().filter().matches(object);
    }
}
