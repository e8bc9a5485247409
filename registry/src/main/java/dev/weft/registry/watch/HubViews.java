package dev.weft.registry.watch;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** What a node's hub holds, for readers on any thread: written by the hub, read without asking it. */
public final class HubViews {
    private final AtomicReferenceArray<WindowView> views;
    private volatile Instant lastAnswer = Instant.MIN;

    public HubViews(int shards) {
        views = new AtomicReferenceArray<>(shards + 1);
        for (int i = 0; i <= shards; i++) {
            views.set(i, new WindowView(ResourceTree.EMPTY, 0));
        }
    }

    /** The latest picture of a shard, or, for the number of shards, of all of them together. */
    public WindowView get(int window) {
        return views.get(window);
    }

    /** The number of the window of all shards together. */
    public int merged() {
        return views.length() - 1;
    }

    /** When a shard last answered, whichever it was, by the hub's clock of ages; {@link Instant#MIN} before the first. */
    public Instant lastAnswer() {
        return lastAnswer;
    }

    void answered(Instant now) {
        lastAnswer = now;
    }

    void set(int window, WindowView view) {
        views.set(window, view);
    }
}
