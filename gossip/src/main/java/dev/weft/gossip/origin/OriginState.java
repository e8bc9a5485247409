package dev.weft.gossip.origin;

import akka.util.ByteString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that is known of one origin: the newest record of each key, and how far that reaches. Belongs to one owner. */
public final class OriginState {
    private static final long UNCOUNTED = -1;

    private final OriginId id;
    private final HeldRecords held = new HeldRecords();
    private long highest;
    private long horizon;
    private ByteString seal = ByteString.emptyByteString();
    private @Nullable Arrival arriving;
    /** Who gave something that did not fit what is held; he is asked for the full state. */
    private @Nullable Long doubted;

    private Runnable moved = () -> {};

    public OriginState(OriginId id) {
        this.id = id;
    }

    /** As it was stored. */
    public static OriginState restore(
            OriginId id, long highest, long horizon, ByteString seal, Collection<OriginRecord> records) {
        OriginState state = new OriginState(id);
        state.highest = highest;
        state.horizon = Math.min(horizon, highest);
        state.seal = seal;
        List<OriginRecord> ordered = new ArrayList<>(records);
        ordered.sort(Comparator.comparingLong(OriginRecord::number));
        for (OriginRecord record : ordered) {
            // A record beyond the stored highest was written without the word that all before it is here.
            if (record.number() <= highest) {
                state.held.put(record);
            }
        }
        return state;
    }

    public OriginId id() {
        return id;
    }

    /** Who is to hear whenever this reaches further. */
    void watched(Runnable hears) {
        moved = hears;
    }

    /** The number up to which all is known; 0 if nothing is. */
    public long highest() {
        return highest;
    }

    /** Whoever is complete to less than this needs the full state. */
    public long horizon() {
        return horizon;
    }

    /** 32 bytes that stand for all live records. */
    public ByteString root() {
        return held.tree().root();
    }

    /** The origin's word on all that is held. */
    public ByteString seal() {
        return seal;
    }

    /** Whether the origin itself said what is held here. */
    public boolean holds(SealCheck check) {
        return check.holds(id, highest, held.tree().root(), seal);
    }

    /** The origin's own word on all that it wrote so far. */
    public ByteString seal(Sealer sealer) {
        seal = sealer.seal(id, highest, held.tree().root());
        return seal;
    }

    /** Bytes of records that wait for the rest of what was asked for. */
    public long stagedBytes() {
        return arriving == null ? 0 : arriving.bytes();
    }

    /** How many keys are held, tombstones included. */
    public int size() {
        return held.log().size();
    }

    /** What is held of a key; null if nothing. */
    public @Nullable OriginRecord get(String key) {
        return held.get(key);
    }

    /** All that is held, in the order of numbers, tombstones included; a view, not to be used any more after a change. */
    public Iterable<OriginRecord> records() {
        return () -> held.log().after(0);
    }

    /** The records that are not tombstones, in the order of numbers. */
    public List<OriginRecord> live() {
        List<OriginRecord> live = new ArrayList<>(held.log().size());
        for (OriginRecord record : records()) {
            if (!record.tombstone()) {
                live.add(record);
            }
        }
        return live;
    }

    /** The origin's own word: a new record of a key. The number must rise; {@link #seal} comes before anybody is told. */
    public OriginRecord write(String key, @Nullable ByteString payload, long number) {
        OriginRecord record = new OriginRecord(key, number, highest, payload);
        held.put(record);
        highest = number;
        moved.run();
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
        moved.run();
    }

    /** Takes in records as they were pushed, if the origin sealed what they lead to. */
    public Merged push(Batch batch, long source, SealCheck check) {
        List<OriginRecord> fresh = batch.after(highest);
        if (fresh.isEmpty()) {
            return Merged.nothing(Merged.Outcome.KNOWN);
        }
        if (fresh.get(0).previous() != highest) {
            return Merged.nothing(Merged.Outcome.GAP);
        }
        RecordTree next = held.tree().with(fresh);
        return check.holds(id, batch.upTo(), next.root(), batch.seal())
                ? take(fresh, next, batch.upTo(), batch.seal())
                : forged(source);
    }

    /** Takes in what was asked for, once all is here and is what the origin sealed. */
    public Merged merge(Delta delta, long source, SealCheck check) {
        Arrival begun = arriving;
        if (begun != null && begun.add(delta, source)) {
            return arrived(begun, delta, source, check);
        }
        if (delta.full() ? delta.after() > 0 : delta.after() > highest) {
            return Merged.nothing(Merged.Outcome.GAP);
        }
        if (delta.remaining() == 0 && delta.upTo() <= highest) {
            return Merged.nothing(Merged.Outcome.KNOWN);
        }
        Arrival first = Arrival.of(delta, source);
        return first.add(delta, source) ? arrived(first, delta, source, check) : Merged.nothing(Merged.Outcome.GAP);
    }

    private Merged arrived(Arrival all, Delta last, long source, SealCheck check) {
        if (last.remaining() > 0) {
            arriving = all;
            return Merged.nothing(Merged.Outcome.STAGED);
        }
        arriving = null;
        if (last.upTo() <= highest) {
            return Merged.nothing(Merged.Outcome.KNOWN);
        }
        List<OriginRecord> fresh = all.records().values().stream()
                .filter(record -> all.full() || record.number() > highest)
                .toList();
        RecordTree next =
                all.full() ? RecordTree.empty().with(fresh) : held.tree().with(fresh);
        if (!check.holds(id, last.upTo(), next.root(), last.seal())) {
            return forged(source);
        }
        return all.full() ? replaceBy(all, next, last) : take(fresh, next, last.upTo(), last.seal());
    }

    private Merged take(List<OriginRecord> fresh, RecordTree next, long upTo, ByteString sealed) {
        Merged merged = held.putAll(fresh, next);
        reached(upTo, sealed);
        return merged;
    }

    private Merged forged(long source) {
        doubted = source;
        return Merged.nothing(Merged.Outcome.FORGED);
    }

    private void reached(long upTo, ByteString sealed) {
        highest = upTo;
        seal = sealed;
        doubted = null;
        moved.run();
    }

    /** The full state is the truth, also where it is older than what is held: the origin lost what came between. */
    private Merged replaceBy(Arrival full, RecordTree next, Delta last) {
        Merged merged = held.replaceBy(full.records(), next, highest, last.upTo());
        horizon = Math.max(horizon, last.horizon());
        reached(last.upTo(), last.seal());
        return merged;
    }

    /** What to ask a peer for who knows more: the next piece of what he has begun, or what follows, or all where that did not fit. */
    public Want want(long source) {
        Arrival begun = arriving;
        if (begun != null && begun.from(source) && begun.upTo() > 0) {
            return new Want(id, begun.upTo(), begun.full());
        }
        boolean anew = doubted != null && doubted == source;
        return new Want(id, anew ? 0 : highest, anew);
    }

    /** Forgets the pieces from a source that is gone. */
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
        return after(want, budgetBytes, UNCOUNTED);
    }

    /** The same where it is known about how many records follow, which takes long to count. */
    public Delta after(Want want, int budgetBytes, long following) {
        boolean full = want.full() || want.after() < horizon;
        long after = want.full() || !full ? want.after() : 0;
        List<OriginRecord> chosen = new ArrayList<>();
        int bytes = 0;
        boolean all = true;
        for (Iterator<OriginRecord> tail = held.log().after(after); tail.hasNext(); ) {
            OriginRecord record = tail.next();
            bytes += record.bytes();
            if (!chosen.isEmpty() && bytes > budgetBytes) {
                all = false;
                break;
            }
            chosen.add(record);
        }
        long left = all ? 0 : (following == UNCOUNTED ? held.log().countAfter(after) : following) - chosen.size();
        long remaining = all ? 0 : Math.max(1, left);
        long end = Math.max(after, highest);
        long upTo = remaining == 0 ? end : chosen.get(chosen.size() - 1).number();
        return new Delta(
                id,
                after,
                upTo,
                horizon,
                full,
                remaining,
                chosen,
                remaining == 0 ? seal : ByteString.emptyByteString());
    }

    /** Forgets tombstones up to a number; those who have not passed them need the full state from then on. */
    public List<String> purge(long upTo) {
        List<String> purged = new ArrayList<>();
        for (OriginRecord tombstone : held.purge(upTo)) {
            horizon = Math.max(horizon, tombstone.number());
            purged.add(tombstone.key());
        }
        return purged;
    }

    /** How far this is; null while nothing is known. */
    public @Nullable OriginDigest digest() {
        return highest == 0 ? null : new OriginDigest(id, highest, horizon);
    }
}
