package dev.weft.registry.watch;

import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The present objects of one ordered stream of changes (a shard's, or all shards' merged), and a bounded piece of its
 * past: enough to resume a watch and to read an earlier version while both are young.
 *
 * <p>Earlier versions are worked out from the present by taking changes back, which costs time where they are asked for,
 * and no memory where they are not.
 *
 * <p>Not for several threads; {@link #view()} is a value that may go anywhere.
 */
public final class WatchWindow {
    /** So many changes may wait before they are put into the tree of the present, all at once. */
    private static final int SETTLE_EVERY = 256;

    private final Limits limits;
    /** In the order of versions; those before {@link #first} are forgotten. */
    private final List<@Nullable Logged> log = new ArrayList<>();

    private int first;
    private long floor;
    private WindowView view = new WindowView(ResourceTree.EMPTY, 0);
    private int unsettled;
    /** Of the changes that are not forgotten. */
    private long bytes;

    public WatchWindow(Limits limits) {
        this.limits = limits;
    }

    /**
     * How much past is kept: the smallest of the three.
     *
     * @param changes at most so many
     * @param bytes of earlier states of objects at most so many; the newest change is kept even if it alone has more
     * @param age none that is older
     */
    public record Limits(int changes, long bytes, Duration age) {}

    /**
     * One change as watchers see it.
     *
     * @param removed the object as its last watchers see it go; null unless the change is a removal
     * @param heard when it came
     */
    public record Logged(Change change, @Nullable Resource removed, Instant heard) {
        static Logged of(Change change, Instant heard) {
            Resource before = change.before();
            return new Logged(
                    change,
                    change.after() == null && before != null ? ResourceStamp.again(before, change.version()) : null,
                    heard);
        }

        /** What is kept for this change alone: the present is kept anyway. */
        private long bytes() {
            return change.bytesBefore();
        }
    }

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
        log.clear();
        first = 0;
        unsettled = 0;
        bytes = 0;
        floor = version;
        view = new WindowView(objects, version);
    }

    /** Takes in the next change. */
    public Logged append(Change change, Instant now) {
        if (change.version() <= view.version()) {
            throw new IllegalArgumentException(
                    "version: " + change.version() + " (expected: after " + view.version() + "), of " + change.key());
        }
        Logged logged = Logged.of(change, now);
        log.add(logged);
        bytes += logged.bytes();
        view = view.after(change);
        unsettled++;
        if (unsettled == SETTLE_EVERY) {
            view.objects();
            unsettled = 0;
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
        while (first < log.size()) {
            Logged logged = at(first);
            int kept = log.size() - first;
            boolean little = bytes <= limits.bytes() || kept == 1;
            if (little && kept <= limits.changes() && !logged.heard().isBefore(oldest)) {
                break;
            }
            bytes -= logged.bytes();
            floor = logged.change().version();
            log.set(first, null);
            first++;
        }
        if (first > log.size() / 2) {
            log.subList(0, first).clear();
            first = 0;
        }
    }

    /** The objects as of a version; empty if that is forgotten, or still to come. */
    public Optional<ResourceTree> at(long version) {
        if (version < floor || version > view.version()) {
            return Optional.empty();
        }
        List<Change> back = new ArrayList<>();
        int from = after(version);
        for (int i = log.size() - 1; i >= from; i--) {
            Change change = at(i).change();
            back.add(new Change(/* before= */ change.after(), /* after= */ change.before(), version));
        }
        return Optional.of(back.isEmpty() ? view.objects() : view.objects().after(back));
    }

    /** All changes after a version that is not forgotten, in order. */
    List<Change> changesAfter(long version) {
        List<Change> changes = new ArrayList<>();
        for (int i = after(version); i < log.size(); i++) {
            changes.add(at(i).change());
        }
        return changes;
    }

    /** The changes of a collection after a version, in order; empty if some of them are forgotten. */
    public Optional<List<Logged>> since(long version, Collection collection) {
        if (version < floor) {
            return Optional.empty();
        }
        List<Logged> changes = new ArrayList<>();
        for (int i = after(version); i < log.size(); i++) {
            Logged logged = at(i);
            if (collection.contains(logged.change().key())) {
                changes.add(logged);
            }
        }
        return Optional.of(changes);
    }

    private Logged at(int index) {
        Logged logged = log.get(index);
        if (logged == null) {
            throw new IllegalStateException("unreachable: what is forgotten is not asked for");
        }
        return logged;
    }

    /** Where in the log the changes after a version begin. */
    private int after(long version) {
        int low = first;
        int high = log.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle).change().version() <= version) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
