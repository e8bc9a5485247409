package dev.weft.gossip.origin;

import akka.util.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest record of each key of an origin: the live ones as a tree, which the origin seals, the tombstones beside it, and
 * all of them in the order of their numbers. Belongs to one owner.
 */
final class HeldRecords {
    private RecordTree tree = RecordTree.empty();
    private final Map<String, OriginRecord> tombstones = new HashMap<>();
    private final NavigableMap<Long, String> tombstonesByNumber = new TreeMap<>();
    private final RecordLog log = new RecordLog();

    /** The live records by key. */
    RecordTree tree() {
        return tree;
    }

    /** All records in the order of their numbers. */
    RecordLog log() {
        return log;
    }

    /** What is held of a key; null if nothing. */
    @Nullable
    OriginRecord get(String key) {
        OriginRecord live = tree.get(key);
        return live == null ? tombstones.get(key) : live;
    }

    /** Holds a record in the place of an earlier one of its key. */
    void put(OriginRecord record) {
        hold(get(record.key()), record);
        tree = tree.with(record);
    }

    /**
     * Holds records in the place of earlier ones of their keys.
     *
     * @param fresh in the order of their numbers
     * @param next the tree that they lead to
     */
    Merged putAll(List<OriginRecord> fresh, RecordTree next) {
        List<OriginRecord> visible = new ArrayList<>();
        Map<String, OriginRecord> heard = new HashMap<>();
        for (OriginRecord record : fresh) {
            // Of a key that changed twice the first word is not in the tree.
            OriginRecord before = heard.put(record.key(), record);
            OriginRecord held = before == null ? get(record.key()) : before;
            if (changes(held, record)) {
                visible.add(record);
            }
            hold(held, record);
        }
        tree = next;
        return new Merged(Merged.Outcome.NEW, fresh, List.of(), visible);
    }

    /**
     * Holds these records and no others.
     *
     * @param full by key
     * @param next the tree that they lead to
     * @param from how far the origin was held
     * @param to how far it is now
     */
    Merged replaceBy(Map<String, OriginRecord> full, RecordTree next, long from, long to) {
        List<OriginRecord> stored = new ArrayList<>();
        List<OriginRecord> visible = new ArrayList<>();
        List<String> dropped = new ArrayList<>();
        List<OriginRecord> present = new ArrayList<>(log.size());
        log.after(0).forEachRemaining(present::add);
        for (OriginRecord held : present) {
            if (!full.containsKey(held.key())) {
                remove(held);
                dropped.add(held.key());
                if (!held.tombstone()) {
                    visible.add(new OriginRecord(held.key(), to, from, null));
                }
            }
        }
        for (OriginRecord record : full.values()) {
            OriginRecord held = get(record.key());
            if (!record.equals(held)) {
                if (changes(held, record)) {
                    visible.add(record);
                }
                hold(held, record);
                stored.add(record);
            }
        }
        tree = next;
        return new Merged(Merged.Outcome.NEW, stored, dropped, visible);
    }

    /** Forgets tombstones up to a number; answers which, oldest first. */
    List<OriginRecord> purge(long upTo) {
        List<OriginRecord> purged = new ArrayList<>();
        while (!tombstonesByNumber.isEmpty() && tombstonesByNumber.firstKey() <= upTo) {
            String key = tombstonesByNumber.firstEntry().getValue();
            OriginRecord oldest = Objects.requireNonNull(tombstones.get(key));
            remove(oldest);
            purged.add(oldest);
        }
        return purged;
    }

    private static boolean changes(@Nullable OriginRecord held, OriginRecord record) {
        ByteString present = held == null ? null : held.payload();
        return !Objects.equals(present, record.payload());
    }

    /** Everywhere but in the tree. */
    private void hold(@Nullable OriginRecord held, OriginRecord record) {
        if (held != null) {
            remove(held);
        }
        log.add(record);
        if (record.tombstone()) {
            tombstones.put(record.key(), record);
            tombstonesByNumber.put(record.number(), record.key());
        }
    }

    private void remove(OriginRecord held) {
        log.remove(held.number());
        if (held.tombstone()) {
            tombstones.remove(held.key());
            tombstonesByNumber.remove(held.number());
        }
    }
}
