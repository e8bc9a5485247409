package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.origin.Batch;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.origin.OriginState;
import dev.weft.gossip.origin.Sealer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The origins that this process writes.
 *
 * <p>Where this process cannot know the last words that were told for an origin (it crashed before it stored them, or
 * another process wrote them), it fences: everybody who holds less than the fence fetches the full state, so that nothing
 * lives on elsewhere that was forgotten here.
 */
final class OwnOrigins {
    private static final Logger LOG = LoggerFactory.getLogger(OwnOrigins.class);

    private final String cluster;
    private final long incarnation;
    private final Ledger ledger;
    private final Sealer sealer;
    private final int budgetBytes;
    private final Set<Integer> held = new HashSet<>();
    private final Set<OriginId> certain = new HashSet<>();
    /** Since they are held; told once. */
    private final Set<OriginId> outdone = new HashSet<>();

    /** How an earlier life of this process ended. */
    enum Past {
        /** There was none. */
        NONE,
        /** All was written before it stopped. */
        CLEAN,
        /** It may have told more than it stored. */
        UNKNOWN
    }

    private final Past past;

    /**
     * @param budgetBytes of records that are told, and so sealed, together
     */
    OwnOrigins(String cluster, long incarnation, Ledger ledger, Past past, Sealer sealer, int budgetBytes) {
        this.sealer = sealer;
        this.budgetBytes = budgetBytes;
        this.cluster = cluster;
        this.incarnation = incarnation;
        this.ledger = ledger;
        this.past = past;
        if (past == Past.CLEAN) {
            ledger.replica().states().stream()
                    .map(OriginState::id)
                    .filter(id -> id.cluster().equals(cluster))
                    .forEach(certain::add);
        }
    }

    /** Makes the records equal to the given ones. Answers what had to be written. */
    List<Batch> reset(int shard, long notBefore, Map<String, ByteString> records, Instant now) {
        OriginId id = id(shard);
        OriginState state = ledger.replica().getOrCreate(id);
        held.add(shard);
        ledger.own(id, true);
        if (past != Past.NONE && certain.add(id)) {
            fence(state, next(state, notBefore, now));
        }
        certain.add(id);
        Map<String, @Nullable ByteString> wanted = new LinkedHashMap<>(records);
        for (OriginRecord present : state.live()) {
            if (!records.containsKey(present.key())) {
                wanted.put(present.key(), null);
            }
        }
        return write(state, notBefore, wanted, now);
    }

    /** Writes changes in their order. Answers what had to be written. */
    List<Batch> publish(int shard, long notBefore, Map<String, @Nullable ByteString> changes, Instant now) {
        OriginState state = ledger.replica().get(id(shard));
        if (!held.contains(shard) || state == null) {
            LOG.warn(
                    "changes of shard {} are not published: the shard is not held here (expected: reset first)", shard);
            return List.of();
        }
        return write(state, notBefore, changes, now);
    }

    /** Stops writing; what was written stays. */
    void release(int shard) {
        held.remove(shard);
        ledger.own(id(shard), false);
        // Another process may write it now.
        certain.remove(id(shard));
        outdone.remove(id(shard));
    }

    /**
     * Somebody holds a number of ours that we do not know: words that were lost here.
     *
     * @return whether that made us fence
     */
    boolean outdo(OriginId origin, long number, Instant now) {
        OriginState state = ledger.replica().get(origin);
        if (state == null || number <= state.highest()) {
            return false;
        }
        // Over and over, where another process takes itself for the origin's writer until the others have put one of
        // both out.
        String text = "origin {} was told further elsewhere than is stored here, telling its state anew";
        if (outdone.add(origin)) {
            LOG.info(text, origin);
        } else {
            LOG.debug(text, origin);
        }
        fence(state, next(state, number, now));
        return true;
    }

    /** The highest number of all that is written here; 0 when there is none. */
    long highest() {
        return held.stream()
                .mapToLong(shard -> ledger.replica().highest(id(shard)))
                .max()
                .orElse(0);
    }

    /** Whatever was said up to a number counts no more: who is to have it gets the full state. */
    void beginAnew(long lastWord, Instant now) {
        for (int shard : held) {
            OriginState state = ledger.replica().getOrCreate(id(shard));
            fence(state, next(state, lastWord, now));
        }
    }

    OriginId id(int shard) {
        return new OriginId(cluster, shard, incarnation);
    }

    private void fence(OriginState state, long number) {
        state.fence(number);
        state.seal(sealer);
        ledger.wrote(state, List.of());
    }

    private List<Batch> write(
            OriginState state, long notBefore, Map<String, @Nullable ByteString> wanted, Instant now) {
        List<Batch> batches = new ArrayList<>();
        List<OriginRecord> written = new ArrayList<>();
        int bytes = 0;
        for (Map.Entry<String, @Nullable ByteString> change : wanted.entrySet()) {
            OriginRecord present = state.get(change.getKey());
            ByteString payload = change.getValue();
            if (Objects.equals(present == null ? null : present.payload(), payload)) {
                continue;
            }
            OriginRecord record = state.write(change.getKey(), payload, next(state, notBefore, now));
            written.add(record);
            bytes += record.bytes();
            if (bytes >= budgetBytes) {
                batches.add(sealed(state, written));
                written.clear();
                bytes = 0;
            }
        }
        if (!written.isEmpty()) {
            batches.add(sealed(state, written));
        }
        return batches;
    }

    private Batch sealed(OriginState state, List<OriginRecord> written) {
        Batch batch = new Batch(state.id(), written, state.seal(sealer));
        ledger.wrote(state, batch.records());
        return batch;
    }

    private static long next(OriginState state, long notBefore, Instant now) {
        long clock = HybridTimestamp.of(now).packed();
        return Math.max(Math.max(state.highest(), notBefore) + 1, clock);
    }
}
