package dev.weft.gossip.origin;

import akka.util.ByteString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All that is known of one origin: the newest record of each key, and how far that reaches. Belongs to one owner. */
public final class OriginState {
    private final OriginId id;
    private final Map<String, OriginRecord> byKey = new HashMap<>();
    private final NavigableMap<Long, OriginRecord> byNumber = new TreeMap<>();
    private final NavigableMap<Long, String> tombstones = new TreeMap<>();
    private long highest;
    private long horizon;
    private @Nullable FullState arriving;

    public OriginState(OriginId id) {
        this.id = id;
    }

    /** As it was stored. */
    public static OriginState restore(OriginId id, long highest, long horizon, Collection<OriginRecord> records) {
        OriginState state = new OriginState(id);
        state.highest = highest;
        state.horizon = Math.min(horizon, highest);
        for (OriginRecord record : records) {
            OriginRecord held = state.byKey.get(record.key());
            // A record beyond the stored highest was written without the word that all before it is here.
            if (record.number() <= highest && (held == null || held.number() < record.number())) {
                state.put(record);
            }
        }
        return state;
    }

    public OriginId id() {
        return id;
    }

    /** The number up to which all is known; 0 if nothing is. */
    public long highest() {
        return highest;
    }

    /** Whoever is complete to less than this needs the full state. */
    public long horizon() {
        return horizon;
    }

    /** How many keys are held, tombstones included. */
    public int size() {
        return byKey.size();
    }

    /** What is held of a key; null if nothing. */
    public @Nullable OriginRecord get(String key) {
        return byKey.get(key);
    }

    /** All that is held, in the order of numbers, tombstones included; a view. */
    public Collection<OriginRecord> records() {
        return Collections.unmodifiableCollection(byNumber.values());
    }

    /** The records that are not tombstones, in the order of numbers. */
    public List<OriginRecord> live() {
        return byNumber.values().stream().filter(record -> !record.tombstone()).toList();
    }

    /** The origin's own word: a new record of a key. The number must rise. */
    public OriginRecord write(String key, @Nullable ByteString payload, long number) {
        OriginRecord record = new OriginRecord(key, number, highest, payload);
        put(record);
        highest = number;
        return record;
    }

    /**
     * The origin's own word: whoever holds less than this number may have heard what the origin forgot, and needs the full
     * state.
     */
    public void fence(long number) {
        if (number <= highest) {
            throw new IllegalArgumentException("fence: " + number + " (expected: more than " + highest + ")");
        }
        highest = number;
        horizon = number;
    }

    /** Takes in a single record as it was pushed. */
    public Merged push(OriginRecord record) {
        if (record.number() <= highest) {
            return Merged.nothing(Merged.Outcome.KNOWN);
        }
        if (record.previous() != highest) {
            return Merged.nothing(Merged.Outcome.GAP);
        }
        List<OriginRecord> visible = changes(record) ? List.of(record) : List.of();
        put(record);
        highest = record.number();
        return new Merged(Merged.Outcome.NEW, List.of(record), List.of(), visible);
    }

    /** Takes in what was asked for; pieces of a full state count only if they follow each other from the same source. */
    public Merged merge(Delta delta, long source) {
        if (delta.full()) {
            return mergeFull(delta, source);
        }
        if (delta.after() > highest) {
            return Merged.nothing(Merged.Outcome.GAP);
        }
        if (delta.upTo() <= highest) {
            return Merged.nothing(Merged.Outcome.KNOWN);
        }
        List<OriginRecord> stored = new ArrayList<>();
        List<OriginRecord> visible = new ArrayList<>();
        for (OriginRecord record : delta.records()) {
            if (record.number() > highest) {
                if (changes(record)) {
                    visible.add(record);
                }
                put(record);
                stored.add(record);
            }
        }
        highest = delta.upTo();
        return new Merged(Merged.Outcome.NEW, stored, List.of(), visible);
    }

    private Merged mergeFull(Delta delta, long source) {
        FullState begun = delta.after() == 0 ? new FullState(source) : arriving;
        if (begun == null || !begun.add(delta, source)) {
            return Merged.nothing(Merged.Outcome.GAP);
        }
        if (delta.remaining() > 0) {
            arriving = begun;
            return Merged.nothing(Merged.Outcome.STAGED);
        }
        arriving = null;
        return delta.upTo() <= highest ? Merged.nothing(Merged.Outcome.KNOWN) : replaceBy(begun, delta);
    }

    /** The full state is the truth, also where it is older than what is held: the origin lost what came between. */
    private Merged replaceBy(FullState full, Delta last) {
        List<OriginRecord> stored = new ArrayList<>();
        List<OriginRecord> visible = new ArrayList<>();
        List<String> dropped = new ArrayList<>();
        for (OriginRecord held : List.copyOf(byNumber.values())) {
            if (!full.records().containsKey(held.key())) {
                remove(held);
                dropped.add(held.key());
                if (!held.tombstone()) {
                    visible.add(new OriginRecord(held.key(), last.upTo(), highest, null));
                }
            }
        }
        for (OriginRecord record : full.records().values()) {
            if (!record.equals(byKey.get(record.key()))) {
                if (changes(record)) {
                    visible.add(record);
                }
                put(record);
                stored.add(record);
            }
        }
        highest = last.upTo();
        horizon = Math.max(horizon, last.horizon());
        return new Merged(Merged.Outcome.NEW, stored, dropped, visible);
    }

    /** What to ask a peer for who knows more: the next piece of a full state that he has begun, or what follows. */
    public Want want(long source) {
        FullState begun = arriving;
        return begun != null && begun.from(source) && begun.upTo() > 0
                ? new Want(id, begun.upTo(), true)
                : new Want(id, highest, false);
    }

    /** Forgets the pieces of a full state from a source that is gone. */
    public void abandon(long source) {
        if (arriving != null && arriving.from(source)) {
            arriving = null;
        }
    }

    /**
     * What follows, oldest first, within a byte budget, but at least one record if there is one: so a budget smaller than
     * a record slows down and does not stop.
     */
    public Delta after(Want want, int budgetBytes) {
        boolean full = want.full() || want.after() < horizon;
        long after = want.full() || !full ? want.after() : 0;
        List<OriginRecord> chosen = new ArrayList<>();
        int bytes = 0;
        NavigableMap<Long, OriginRecord> following = byNumber.tailMap(after, false);
        for (OriginRecord record : following.values()) {
            bytes += record.bytes();
            if (!chosen.isEmpty() && bytes > budgetBytes) {
                break;
            }
            chosen.add(record);
        }
        long remaining = (long) following.size() - chosen.size();
        long end = Math.max(after, highest);
        long upTo = remaining == 0 ? end : chosen.get(chosen.size() - 1).number();
        return new Delta(id, after, upTo, horizon, full, remaining, chosen);
    }

    /** Forgets tombstones up to a number; those who have not passed them need the full state from then on. */
    public List<String> purge(long upTo) {
        List<String> purged = new ArrayList<>();
        while (!tombstones.isEmpty() && tombstones.firstKey() <= upTo) {
            Map.Entry<Long, String> oldest = Objects.requireNonNull(tombstones.pollFirstEntry());
            horizon = Math.max(horizon, oldest.getKey());
            byNumber.remove(oldest.getKey());
            byKey.remove(oldest.getValue());
            purged.add(oldest.getValue());
        }
        return purged;
    }

    /** How far this is; null while nothing is known. */
    public @Nullable OriginDigest digest() {
        return highest == 0 ? null : new OriginDigest(id, highest, horizon);
    }

    private boolean changes(OriginRecord record) {
        OriginRecord held = byKey.get(record.key());
        ByteString present = held == null ? null : held.payload();
        return !Objects.equals(present, record.payload());
    }

    private void put(OriginRecord record) {
        OriginRecord held = byKey.get(record.key());
        if (held != null) {
            remove(held);
        }
        byKey.put(record.key(), record);
        byNumber.put(record.number(), record);
        if (record.tombstone()) {
            tombstones.put(record.number(), record.key());
        }
    }

    private void remove(OriginRecord held) {
        byKey.remove(held.key());
        byNumber.remove(held.number());
        tombstones.remove(held.number());
    }
}
