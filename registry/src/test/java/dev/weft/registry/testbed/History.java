package dev.weft.registry.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What writers were promised, what watchers saw and what the store holds, and whether it fits together. Versions are unique,
 * so that an event is known by its version.
 *
 * <p>Judges a cluster of real processes, whose watchers together are all that is known of what happened, and a simulated
 * one, whose store tells everything (see {@link #stored}); the rules are the same.
 */
public final class History {
    /** What may be there of an object: numbers of its contents, this one if it may be absent. */
    public static final int ABSENT = -1;

    private final Map<Long, String> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, Long> latest = new ConcurrentHashMap<>();
    private final Map<String, Set<Integer>> possible = new ConcurrentHashMap<>();
    private final List<Epoch> epochs = Collections.synchronizedList(new ArrayList<>());
    private final List<Picture> pictures = Collections.synchronizedList(new ArrayList<>());
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private final NavigableMap<Long, String> stored = new TreeMap<>();
    private final Map<String, Long> storedLatest = new HashMap<>();
    private final Map<String, String> owners = new HashMap<>();
    private final Map<String, Set<String>> formerOwners = new HashMap<>();

    /** What one watcher saw from one list on, for as long as it could resume. Belongs to one thread until it is closed. */
    public static final class Epoch {
        private final String watcher;
        private final String scope;
        private final long since;
        private final NavigableMap<Long, String> events = new TreeMap<>();
        private volatile long upTo;

        Epoch(String watcher, String scope, long since) {
            this.watcher = watcher;
            this.scope = scope;
            this.since = since;
            this.upTo = since;
        }

        /** Everything up to here was seen. */
        public long upTo() {
            return upTo;
        }
    }

    /** What was there at a version, by object and the version that each had. */
    private record Picture(String who, String scope, long version, Map<String, Long> objects) {}

    /** Someone begins to watch everything, from a version. */
    public Epoch open(String watcher, long since) {
        return open(watcher, "", since);
    }

    /**
     * Someone begins to watch, from a version.
     *
     * @param scope how the names of the objects begin that are watched
     */
    public Epoch open(String watcher, String scope, long since) {
        Epoch epoch = new Epoch(watcher, scope, since);
        epochs.add(epoch);
        return epoch;
    }

    /** A watcher was told something; of a {@code BOOKMARK} only the version counts. */
    public void saw(Epoch epoch, String type, String object, long version) {
        if (type.equals("BOOKMARK")) {
            if (version < epoch.upTo) {
                violation(epoch.watcher + ": a bookmark of " + version + " after " + epoch.upTo);
            }
            epoch.upTo = Math.max(epoch.upTo, version);
            return;
        }
        if (version <= epoch.upTo) {
            violation(epoch.watcher + ": " + type + " " + object + " of " + version + " after " + epoch.upTo);
        }
        epoch.events.put(version, type + " " + object);
        epoch.upTo = Math.max(epoch.upTo, version);
    }

    /**
     * Someone was shown all objects of a scope as of a version. Held against what the store holds, where that is told.
     *
     * @param objects the version of each
     */
    public void listed(String who, String scope, long version, Map<String, Long> objects) {
        pictures.add(new Picture(who, scope, version, Map.copyOf(objects)));
    }

    /** A write that was acknowledged, and what it made of the object. Its writer is the only one of this object. */
    public void acknowledged(String type, String object, long version, int content) {
        String before = acknowledged.put(version, type + " " + object);
        if (before != null) {
            violation("version " + version + " was given to " + before + " and to " + object);
        }
        Long last = latest.put(object, version);
        if (last != null && last >= version) {
            violation(object + " went from version " + last + " to " + version);
        }
        possible.put(object, Set.of(content));
    }

    /** What may be there after a write that nobody confirmed. */
    public void doubtful(String object, Set<Integer> contents) {
        possible.put(object, Set.copyOf(contents));
    }

    /** What must not have happened. */
    public void violation(String what) {
        violations.add(what);
    }

    /** The next change that the store holds of a shard. Where this is told of one, it is told of all. */
    public void stored(String type, String object, long version) {
        String before = stored.put(version, type + " " + object);
        if (before != null) {
            violation("version " + version + " is stored of " + before + " and of " + object);
        }
        Long last = storedLatest.put(object, version);
        if (last != null && last >= version) {
            violation("stored of " + object + ": version " + last + ", then " + version);
        }
    }

    /** Whose the next event of a shard in the store is: one whom another has followed must never write again. */
    public void owned(String shard, String owner) {
        String last = owners.put(shard, owner);
        if (last != null && !last.equals(owner)) {
            formerOwners.computeIfAbsent(shard, any -> new HashSet<>()).add(last);
        }
        if (formerOwners.getOrDefault(shard, Set.of()).contains(owner)) {
            violation("shard " + shard + ": " + owner + " wrote after " + last + " had followed it");
        }
    }

    public int acknowledged() {
        return acknowledged.size();
    }

    public int epochs() {
        return epochs.size();
    }

    /** Of how many shards the owners were told. */
    public int shardsOwned() {
        return owners.size();
    }

    /**
     * Holds everything against each other, once all is quiet.
     *
     * @param present what is there now, by object
     */
    public void check(Map<String, Integer> present) {
        violationsOnly();
        possible.forEach((object, contents) -> {
            if (!contents.contains(present.getOrDefault(object, ABSENT))) {
                violation("what is there of " + object + ": " + present.getOrDefault(object, ABSENT) + " (expected: "
                        + contents + ")");
            }
        });
        violationsOnly();
        assertThat(possible.keySet()).as("objects that somebody wrote").containsAll(present.keySet());
        NavigableMap<Long, String> truth = truth();
        violationsOnly();
        for (Epoch epoch : epochs) {
            Map<Long, String> expected =
                    within(truth.subMap(epoch.since, false, Math.max(epoch.upTo, epoch.since), true), epoch.scope);
            if (!epoch.events.equals(expected)) {
                assertThat(epoch.events)
                        .as(epoch.watcher + " from " + epoch.since + " to " + epoch.upTo)
                        .isEqualTo(expected);
            }
        }
        if (!stored.isEmpty()) {
            pictures.forEach(this::checkPicture);
        }
    }

    /** Fails if something happened that must not have. */
    public void violationsOnly() {
        if (!violations.isEmpty()) {
            assertThat(violations).as("seen on the way").isEmpty();
        }
    }

    /** All events that anybody knows of; where the store tells them all, nobody may know of another. */
    private NavigableMap<Long, String> truth() {
        boolean complete = !stored.isEmpty();
        NavigableMap<Long, String> truth = new TreeMap<>(complete ? stored : acknowledged);
        if (complete) {
            acknowledged.forEach((version, event) -> known(truth, version, event, true, "whoever wrote it"));
        }
        for (Epoch epoch : epochs) {
            epoch.events.forEach((version, event) -> known(truth, version, event, complete, epoch.watcher));
        }
        return truth;
    }

    private void known(NavigableMap<Long, String> truth, long version, String event, boolean complete, String who) {
        String other = complete ? truth.get(version) : truth.putIfAbsent(version, event);
        if (complete ? !event.equals(other) : other != null && !other.equals(event)) {
            violation("version " + version + " was " + event + " to " + who + ", and is "
                    + Objects.requireNonNullElse(other, "nothing"));
        }
    }

    private static Map<Long, String> within(NavigableMap<Long, String> events, String scope) {
        if (scope.isEmpty()) {
            return events;
        }
        Map<Long, String> inside = new TreeMap<>();
        events.forEach((version, event) -> {
            if (object(event).startsWith(scope)) {
                inside.put(version, event);
            }
        });
        return inside;
    }

    private static String object(String event) {
        return event.substring(event.indexOf(' ') + 1);
    }

    private void checkPicture(Picture picture) {
        Map<String, Long> expected = new TreeMap<>();
        within(stored.headMap(picture.version(), true), picture.scope()).forEach((version, event) -> {
            if (event.startsWith("DELETED")) {
                expected.remove(object(event));
            } else {
                expected.put(object(event), version);
            }
        });
        if (!expected.equals(picture.objects())) {
            assertThat(new TreeMap<>(picture.objects()))
                    .as(picture.who() + " at " + picture.version())
                    .isEqualTo(expected);
        }
    }
}
