package dev.weft.proxy.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where feeds leave their news for the actor: folds them by object, so that what waits is bounded by the number of
 * objects whatever the rate of changes, and wakes the actor once for all that waits. Safe for several threads.
 */
final class ViewInbox {
    private final Runnable wake;
    private final Map<WatchedKind, Pending> pending = new EnumMap<>(WatchedKind.class);
    private final Set<WatchedKind> known = EnumSet.noneOf(WatchedKind.class);
    private boolean woken;

    ViewInbox(Runnable wake) {
        this.wake = wake;
    }

    /** What follows a collection into this inbox. */
    ResourceFeed.Follower follower(WatchedKind kind) {
        return new ResourceFeed.Follower() {
            @Override
            public void replaced(List<JsonNode> objects) {
                offer(kind, new Pending(List.copyOf(objects)));
            }

            @Override
            public void changed(JsonNode object) {
                offer(kind, object, false);
            }

            @Override
            public void deleted(JsonNode object) {
                offer(kind, object, true);
            }

            /** What may just not be there yet is waited for: a picture without it would close what it has. */
            @Override
            public void unavailable(String reason) {}

            @Override
            public void absent(String reason) {
                missing(kind);
            }
        };
    }

    /** Everything that waits, or null while not every collection that the picture needs has been heard of. */
    synchronized @Nullable List<ViewBatch> drain() {
        woken = false;
        for (WatchedKind kind : WatchedKind.values()) {
            if (!known.contains(kind)) {
                return null;
            }
        }
        List<ViewBatch> batches = new ArrayList<>();
        pending.forEach((kind, news) -> batches.add(new ViewBatch(kind, news.replaced, news.changes)));
        pending.clear();
        return batches;
    }

    private synchronized void offer(WatchedKind kind, Pending replaced) {
        pending.put(kind, replaced);
        known.add(kind);
        wakeOnce();
    }

    private synchronized void offer(WatchedKind kind, JsonNode object, boolean deleted) {
        Pending news = pending.computeIfAbsent(kind, absent -> new Pending(null));
        news.changes.put(ResourceReader.id(object), new ViewBatch.Change(object, deleted));
        wakeOnce();
    }

    /** An API that does not serve an optional kind must not keep the rest from being served. */
    private synchronized void missing(WatchedKind kind) {
        if (!kind.required() && known.add(kind)) {
            wakeOnce();
        }
    }

    private void wakeOnce() {
        if (!woken) {
            woken = true;
            wake.run();
        }
    }

    private static final class Pending {
        private final @Nullable List<JsonNode> replaced;
        private final Map<String, ViewBatch.Change> changes = new LinkedHashMap<>();

        Pending(@Nullable List<JsonNode> replaced) {
            this.replaced = replaced;
        }
    }
}
