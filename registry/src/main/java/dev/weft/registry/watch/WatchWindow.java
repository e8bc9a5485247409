package dev.weft.registry.watch;

import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The present objects of one ordered stream of changes (a shard's, or all shards' merged), and a bounded piece of its
 * past: enough to resume a watch and to read an earlier version while both are young.
 *
 * <p>Not for several threads; {@link #view()} is a value that may go anywhere.
 */
public final class WatchWindow {
    /**
     * The objects are kept as of every so many changes, and the rest is worked out when somebody asks: keeping them as of
     * every change takes half a kilobyte for each, in each window.
     */
    private static final int LANDMARK_EVERY = 256;

    private final Limits limits;
    private final TreeMap<Long, Past> past = new TreeMap<>();
    private final TreeMap<Long, ResourceTree> landmarks = new TreeMap<>();
    /** What was forgotten since {@link #base}, which is fewer changes than lie between two landmarks. */
    private final List<Change> forgotten = new ArrayList<>();

    private ResourceTree base = ResourceTree.EMPTY;
    private long floor;
    private WindowView view = new WindowView(ResourceTree.EMPTY, 0);
    private int sinceLandmark;

    public WatchWindow(Limits limits) {
        this.limits = limits;
    }

    /**
     * How much past is kept: the smaller of the two.
     *
     * @param changes at most so many
     * @param age none that is older
     */
    public record Limits(int changes, Duration age) {}

    /**
     * One change as watchers see it.
     *
     * @param removed the object as its last watchers see it go; null unless the change is a removal
     */
    public record Logged(Change change, @Nullable Resource removed) {
        static Logged of(Change change) {
            Resource before = change.before();
            return new Logged(
                    change,
                    change.after() == null && before != null ? ResourceStamp.again(before, change.version()) : null);
        }
    }

    private record Past(Logged logged, Instant heard) {}

    /** The present. */
    public WindowView view() {
        return view;
    }

    /** No watch can resume from before this version. */
    public long floor() {
        return floor;
    }

    /** Forgets all and begins anew. */
    public void reset(ResourceTree objects, long version) {
        past.clear();
        landmarks.clear();
        sinceLandmark = 0;
        forgotten.clear();
        base = objects;
        floor = version;
        view = new WindowView(objects, version);
    }

    /** Takes in the next change. */
    public Logged append(Change change, Instant now) {
        if (change.version() <= view.version()) {
            throw new IllegalArgumentException(
                    "version: " + change.version() + " (expected: after " + view.version() + "), of " + change.key());
        }
        Logged logged = Logged.of(change);
        past.put(change.version(), new Past(logged, now));
        view = view.after(change);
        sinceLandmark++;
        if (sinceLandmark == LANDMARK_EVERY) {
            landmarks.put(change.version(), view.objects());
            sinceLandmark = 0;
        }
        trim(now);
        return logged;
    }

    /** Learns that nothing up to a version is still to come. */
    public void close(long version) {
        if (version > view.version()) {
            view = view.closed(version);
        }
    }

    /** Forgets what is too old or too much. */
    public void trim(Instant now) {
        Instant oldest = now.minus(limits.age());
        while (!past.isEmpty()) {
            Map.Entry<Long, Past> first = past.firstEntry();
            if (past.size() <= limits.changes() && !first.getValue().heard().isBefore(oldest)) {
                return;
            }
            floor = first.getKey();
            past.remove(floor);
            ResourceTree landmark = landmarks.remove(floor);
            if (landmark == null) {
                forgotten.add(first.getValue().logged().change());
            } else {
                base = landmark;
                forgotten.clear();
            }
        }
    }

    /** The objects as of a version; empty if that is forgotten, or still to come. */
    public Optional<ResourceTree> at(long version) {
        if (version < floor || version > view.version()) {
            return Optional.empty();
        }
        if (past.isEmpty() || version >= past.lastKey()) {
            return Optional.of(view.objects());
        }
        Map.Entry<Long, ResourceTree> landmark = landmarks.floorEntry(version);
        ResourceTree objects = landmark == null ? atFloor() : landmark.getValue();
        long from = landmark == null ? floor : landmark.getKey();
        return Optional.of(objects.after(past.subMap(from, false, version, true).values().stream()
                .map(entry -> entry.logged().change())
                .toList()));
    }

    private ResourceTree atFloor() {
        return base.after(forgotten);
    }

    /** All changes after a version that is not forgotten, in order. */
    List<Change> after(long version) {
        return past.tailMap(version, false).values().stream()
                .map(entry -> entry.logged().change())
                .toList();
    }

    /** The changes of a collection after a version, in order; empty if some of them are forgotten. */
    public Optional<List<Logged>> since(long version, Collection collection) {
        if (version < floor) {
            return Optional.empty();
        }
        List<Logged> changes = new ArrayList<>();
        for (Past entry : past.tailMap(version, false).values()) {
            if (collection.contains(entry.logged().change().key())) {
                changes.add(entry.logged());
            }
        }
        return Optional.of(changes);
    }
}
