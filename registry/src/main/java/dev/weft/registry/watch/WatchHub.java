package dev.weft.registry.watch;

import akka.actor.typed.ActorRef;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a node's hub does with what it hears: the node's copy of all objects, a bounded past, and who is told of what. No
 * actor and no clock but those handed in, so that it runs in virtual time as well. Not for several threads.
 */
public final class WatchHub {
    private static final String TOO_OLD = "too old resource version: %d (%d)";

    private final HubSettings settings;
    private final InstantSource clock;
    private final InstantSource ages;
    private final HubViews views;
    private final ShardMerge merge;
    private final List<ShardTrack> tracks = new ArrayList<>();
    private final List<WatchWindow> windows = new ArrayList<>();
    private final List<WatcherIndex> watchers = new ArrayList<>();
    private final List<Barrier> barriers = new ArrayList<>();
    private final List<ActorRef<HubNews>> listeners = new ArrayList<>();
    private boolean mergedIsStale = true;

    /**
     * Asks to follow all shards at once.
     *
     * @param clock the wall clock, for versions
     * @param ages a clock that is never set, for how old things are: the past must not expire because the wall clock jumped
     * @param views where what it holds is published
     * @param link how it talks to the shards
     */
    public WatchHub(HubSettings settings, InstantSource clock, InstantSource ages, HubViews views, ShardLink link) {
        this.settings = settings;
        this.clock = clock;
        this.ages = ages;
        this.views = views;
        merge = new ShardMerge(settings.shards());
        for (int shard = 0; shard < settings.shards(); shard++) {
            tracks.add(new ShardTrack(shard, link, settings.patience()));
            windows.add(new WatchWindow(settings.shardHistory()));
            watchers.add(new WatcherIndex());
            link.follow(shard, 0);
        }
        windows.add(new WatchWindow(settings.mergedHistory()));
        watchers.add(new WatcherIndex());
    }

    /** Takes in one message; the commonest kinds come first. */
    public void hear(HubCommand message) {
        if (message instanceof HubCommand.ShardCommitted batch) {
            onShardCommitted(batch);
        } else if (message instanceof HubCommand.ShardClosed closed) {
            onShardClosed(closed);
        } else if (message instanceof HubCommand.Reach reach) {
            onReach(reach);
        } else if (message instanceof HubCommand.Watch watch) {
            onWatch(watch);
        } else if (message instanceof HubCommand.Unwatch unwatch) {
            onUnwatch(unwatch);
        } else if (message instanceof HubCommand.LookBack lookBack) {
            onLookBack(lookBack);
        } else if (message instanceof HubCommand.ShardSnapshot part) {
            onShardSnapshot(part);
        } else if (message instanceof HubCommand.RoundDue) {
            onRoundDue();
        } else if (message instanceof HubCommand.BookmarksDue) {
            onBookmarksDue();
        } else if (message instanceof HubCommand.Listen listen) {
            onListen(listen);
        } else if (message instanceof HubCommand.ListenerGone gone) {
            listeners.remove(gone.listener());
        } else if (message instanceof HubCommand.CountWatchers count) {
            count.replyTo().tell(watchers.stream().mapToInt(WatcherIndex::size).sum());
        }
    }

    /** Ends all watches: everything is going to be heard anew, and whoever watches must know. */
    void endWatches() {
        watchers.forEach(index -> index.endAll(lost()));
    }

    private void onShardSnapshot(HubCommand.ShardSnapshot part) {
        ShardTrack track = tracks.get(part.shard());
        if (track.known() && part.version() <= track.committed()) {
            // A shard that moved, or that was asked twice, tells from its beginning; all of it was heard.
            return;
        }
        if (!track.take(part)) {
            return;
        }
        windows.get(part.shard()).reset(track.incoming(), part.version());
        merge.reopen(part.shard(), part.version());
        watchers.get(part.shard()).endAll(lost());
        watchers.get(settings.shards()).endAll(lost());
        mergedIsStale = true;
        publish(part.shard());
        tell(new HubNews.Held(part.shard(), windows.get(part.shard()).view().objects()));
        settle();
    }

    private void onShardCommitted(HubCommand.ShardCommitted batch) {
        ShardTrack track = tracks.get(batch.shard());
        if (!track.known() || batch.version() <= track.committed()) {
            return;
        }
        if (batch.previous() != track.committed()) {
            track.missed();
            return;
        }
        track.committed(batch.version());
        append(batch.shard(), batch.changes());
        windows.get(batch.shard()).close(batch.version());
        publish(batch.shard());
        tell(new HubNews.Changed(batch.shard(), batch.changes()));
        merge.add(batch.shard(), batch.changes(), batch.version());
        settle();
    }

    private void onShardClosed(HubCommand.ShardClosed closed) {
        ShardTrack track = tracks.get(closed.shard());
        Instant now = ages.instant();
        views.answered(now);
        List<Barrier> done = track.answered(closed.question(), now);
        done.forEach(barrier -> barrier.answered(Math.max(closed.last(), 0)));
        if (!closed.following() || !track.known() || closed.last() != track.committed()) {
            track.behind(closed.question(), closed.following());
        } else {
            track.complete();
            windows.get(closed.shard()).close(closed.version());
            publish(closed.shard());
            merge.close(closed.shard(), closed.version());
        }
        settle();
    }

    private void onReach(HubCommand.Reach reach) {
        Instant now = ages.instant();
        if (reach.window() < settings.shards()) {
            Barrier barrier = new Barrier(reach.window(), 1, reach.version(), reach.replyTo());
            barriers.add(barrier);
            tracks.get(reach.window()).await(barrier, reach.version(), now);
            return;
        }
        Barrier barrier = new Barrier(reach.window(), settings.shards(), reach.version(), reach.replyTo());
        barriers.add(barrier);
        long version = Math.max(
                Math.max(reach.version(), merge.latest()),
                HybridTimestamp.ofMillis(clock.millis()).packed());
        tracks.forEach(track -> track.await(barrier, version, now));
    }

    private void onLookBack(HubCommand.LookBack lookBack) {
        Optional<WindowView> view = windows.get(lookBack.window())
                .at(lookBack.version())
                .map(objects -> new WindowView(objects, lookBack.version()));
        lookBack.replyTo().tell(new HubCommand.Past(view));
    }

    private void onWatch(HubCommand.Watch watch) {
        if (watch.window() == settings.shards() && mergedIsStale) {
            // It is about to begin anew, at a version further on: what comes before that would reach nobody.
            watch.replyTo().tell(new HubCommand.Started.Refused(lost()));
            return;
        }
        WatchWindow window = windows.get(watch.window());
        WatchRequest request = watch.subscription().request();
        Watcher watcher = new Watcher(watch.subscription());
        List<WatchEvent> first;
        if (request.since().isEmpty()) {
            first = watcher.present(window.view());
            watcher.startAfter(window.view().version());
        } else {
            long since = request.since().getAsLong();
            Optional<List<WatchWindow.Logged>> missed = window.since(since, request.collection());
            if (missed.isEmpty()) {
                String message = TOO_OLD.formatted(since, window.floor());
                watch.replyTo().tell(new HubCommand.Started.Refused(Refusal.expired(message)));
                return;
            }
            watcher.startAfter(since);
            first = watcher.missed(missed.get(), window.view().version());
        }
        watchers.get(watch.window()).add(watcher);
        watch.replyTo().tell(new HubCommand.Started.Watching(first));
    }

    private void onListen(HubCommand.Listen listen) {
        ActorRef<HubNews> listener = listen.listener();
        listeners.add(listener);
        for (int shard = 0; shard < settings.shards(); shard++) {
            if (tracks.get(shard).known()) {
                listener.tell(new HubNews.Held(shard, windows.get(shard).view().objects()));
            }
        }
    }

    private void tell(HubNews news) {
        listeners.forEach(listener -> listener.tell(news));
    }

    private void onUnwatch(HubCommand.Unwatch unwatch) {
        watchers.get(unwatch.window()).remove(unwatch.subscription());
    }

    private void onRoundDue() {
        Instant now = ages.instant();
        tracks.forEach(track -> track.remind(now));
        windows.forEach(window -> window.trim(now));
    }

    private void onBookmarksDue() {
        Instant now = ages.instant();
        for (int window = 0; window < windows.size(); window++) {
            watchers.get(window).bookmark(windows.get(window).view().version());
        }
        if (watchers.stream().anyMatch(WatcherIndex::wantsBookmarks)) {
            // So that the next bookmarks are past what happened elsewhere: idle collections must not grow old.
            long version = HybridTimestamp.ofMillis(clock.millis()).packed();
            tracks.forEach(track -> track.close(version, now));
        }
    }

    /** Lets out of the merge what may come out, asks for what holds the rest back, and answers readers. */
    private void settle() {
        if (mergedIsStale) {
            rebuildMerged();
        }
        if (!mergedIsStale) {
            append(settings.shards(), merge.release());
            windows.get(settings.shards()).close(merge.frontier());
        }
        publish(settings.shards());
        long wanted = mergedIsStale ? Math.max(latestFloor(), merge.latest()) : merge.wanted();
        Instant now = ages.instant();
        for (int shard = 0; shard < settings.shards(); shard++) {
            if (merge.closed(shard) < wanted) {
                tracks.get(shard).close(wanted, now);
            }
        }
        barriers.removeIf(barrier -> barrier.passes(views.get(barrier.window())));
    }

    /** Puts the merged window together from the shards' windows, with as much of the past as all of them know. */
    private void rebuildMerged() {
        long version = latestFloor();
        if (!tracks.stream().allMatch(ShardTrack::known) || merge.frontier() < version) {
            return;
        }
        merge.reset();
        List<Resource> objects = new ArrayList<>();
        for (int shard = 0; shard < settings.shards(); shard++) {
            WatchWindow window = windows.get(shard);
            window.at(version).orElseThrow().all().forEach(objects::add);
            merge.add(shard, window.changesAfter(version), merge.closed(shard));
        }
        windows.get(settings.shards()).reset(ResourceTree.of(objects), version);
        mergedIsStale = false;
    }

    private long latestFloor() {
        return windows.subList(0, settings.shards()).stream()
                .mapToLong(WatchWindow::floor)
                .max()
                .orElse(0);
    }

    private void append(int window, List<Change> changes) {
        Instant now = ages.instant();
        for (Change change : changes) {
            watchers.get(window).deliver(windows.get(window).append(change, now));
        }
    }

    private void publish(int window) {
        views.set(window, windows.get(window).view());
    }

    private static Refusal lost() {
        return Refusal.expired("too old resource version: the history was lost with a move of its shard; list again");
    }
}
