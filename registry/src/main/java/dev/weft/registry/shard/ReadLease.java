package dev.weft.registry.shard;

import dev.weft.registry.journal.SharedStorage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * For how long a shard may vouch for what it holds, where other processes can reach its store: one that was paused would
 * otherwise go on answering reads after another has taken the shard over and stored more.
 *
 * <p>A lease as in Gray and Cheriton's "Leases" (SOSP 1989), without a common clock: the store said at some moment that
 * nobody else had stored anything yet, and whoever takes the shard over waits for longer than the lease lasts before it
 * acknowledges anything. Two clocks must both say that it lasts: one stands still with a paused virtual machine, the
 * other may be set.
 */
public final class ReadLease {
    /** How much longer a new owner waits than an old one answers; clocks run at nearly, not quite, the same speed. */
    private static final double MARGIN = 1.2;

    private final Terms terms;
    private @Nullable Moment known;
    private long number;
    private boolean asking;

    ReadLease(Terms terms) {
        this.terms = terms;
    }

    /**
     * Of all shards of a process.
     *
     * @param steady a clock that nobody can set
     * @param wall a clock that goes on while the machine is paused
     * @param validity how long the store's word counts
     * @param seesAll whether this process sees all others of its cluster
     */
    public record Terms(
            SharedStorage store, InstantSource steady, InstantSource wall, Duration validity, BooleanSupplier seesAll) {
        Moment now() {
            return new Moment(steady.instant(), wall.instant());
        }

        /** How long a new owner waits before it acknowledges anything. */
        Duration takeOverWait() {
            return Duration.ofMillis((long) Math.ceil(validity.toMillis() * MARGIN));
        }
    }

    /** A point in time by both clocks. */
    record Moment(Instant steady, Instant wall) {
        Duration until(Moment later) {
            Duration one = Duration.between(steady, later.steady);
            Duration other = Duration.between(wall, later.wall);
            return one.compareTo(other) > 0 ? one : other;
        }
    }

    /** What the store's word comes to. */
    enum Finding {
        /** Nobody else has stored anything. */
        OWNED,
        /** What was stored last may be one's own event that is on its way. */
        UNSURE,
        /** Somebody else has. */
        LOST
    }

    Moment now() {
        return terms.now();
    }

    /** Loaded: nothing is known of the present. */
    void begin(long loaded) {
        number = loaded;
        known = null;
    }

    /** An event of one's own was stored, in a write that began at that moment; that it was proves the shard one's own. */
    void stored(long last, Moment begun) {
        number = last;
        know(begun);
    }

    /** Whether answers may be given now. */
    boolean holds() {
        return known != null && known.until(terms.now()).compareTo(terms.validity()) < 0;
    }

    /** Whether it is time to ask the store, which is before the lease ends. */
    boolean due() {
        return !asking
                && (known == null
                        || known.until(terms.now()).compareTo(terms.validity().dividedBy(2)) >= 0);
    }

    void asking() {
        asking = true;
    }

    /** The store did not answer. */
    void unanswered() {
        asking = false;
    }

    /**
     * The store answered.
     *
     * @param asked when the question was put
     * @param busy whether an event of one's own is being stored
     */
    Finding answered(long last, Moment asked, boolean busy) {
        asking = false;
        if (last <= number) {
            know(asked);
            return Finding.OWNED;
        }
        return busy ? Finding.UNSURE : Finding.LOST;
    }

    private void know(Moment moment) {
        if (known == null || !moment.steady().isBefore(known.steady())) {
            known = moment;
        }
    }
}
