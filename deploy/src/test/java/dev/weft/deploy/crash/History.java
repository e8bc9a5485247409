package dev.weft.deploy.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What writers were promised and what watchers saw, and whether it fits together. Versions are unique, so that an event
 * is known by its version.
 */
final class History {
    /** What may be there of an object: numbers of its contents, {@link #ABSENT} if it may be absent. */
    static final int ABSENT = -1;

    private final Map<Long, String> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, Set<Integer>> possible = new ConcurrentHashMap<>();
    private final List<Epoch> epochs = Collections.synchronizedList(new ArrayList<>());
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();

    /** What one watcher saw from one list on, for as long as it could resume. Belongs to one thread until it is closed. */
    static final class Epoch {
        private final String watcher;
        private final long since;
        private final NavigableMap<Long, String> events = new TreeMap<>();
        private volatile long upTo;

        Epoch(String watcher, long since) {
            this.watcher = watcher;
            this.since = since;
            this.upTo = since;
        }

        long upTo() {
            return upTo;
        }
    }

    Epoch open(String watcher, long since) {
        Epoch epoch = new Epoch(watcher, since);
        epochs.add(epoch);
        return epoch;
    }

    void saw(Epoch epoch, String type, String object, long version) {
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

    /** A write that was acknowledged, and what it made of the object. */
    void acknowledged(String type, String object, long version, int content) {
        String before = acknowledged.put(version, type + " " + object);
        if (before != null) {
            violation("version " + version + " was given to " + before + " and to " + object);
        }
        possible.put(object, Set.of(content));
    }

    /** What may be there after a write that nobody confirmed. */
    void doubtful(String object, Set<Integer> contents) {
        possible.put(object, Set.copyOf(contents));
    }

    void violation(String what) {
        violations.add(what);
    }

    int acknowledged() {
        return acknowledged.size();
    }

    int epochs() {
        return epochs.size();
    }

    /**
     * Holds everything against each other, once all is quiet.
     *
     * @param present what is there now, by object
     */
    void check(Map<String, Integer> present) {
        assertThat(violations).as("seen on the way").isEmpty();
        possible.forEach((object, contents) -> assertThat(contents)
                .as("what may be there of " + object)
                .contains(present.getOrDefault(object, ABSENT)));
        assertThat(possible.keySet()).as("objects that somebody wrote").containsAll(present.keySet());
        NavigableMap<Long, String> truth = new TreeMap<>(acknowledged);
        for (Epoch epoch : epochs) {
            epoch.events.forEach((version, event) -> {
                String other = truth.put(version, event);
                assertThat(other == null ? event : other)
                        .as("version " + version + " as " + epoch.watcher + " saw it")
                        .isEqualTo(event);
            });
        }
        for (Epoch epoch : epochs) {
            assertThat(epoch.events)
                    .as(epoch.watcher + " from " + epoch.since + " to " + epoch.upTo)
                    .isEqualTo(truth.subMap(epoch.since, false, Math.max(epoch.upTo, epoch.since), true));
        }
    }
}
