package dev.weft.registry.shard;

import dev.weft.registry.journal.StorageException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a shard takes it that its store fails: when to load it again, and what to say of it. What fails over and over in the
 * same way is told once. Not for several threads.
 */
final class StoreTrouble {
    private final Duration least;
    private final Duration most;
    private Duration next;
    private Optional<StorageException.Kind> last = Optional.empty();
    private boolean lasting;

    /**
     * @param least how long to wait after a failure
     * @param most how long to wait at most, after many failures that do not end by themselves
     */
    StoreTrouble(Duration least, Duration most) {
        this.least = least;
        this.most = most;
        next = least;
    }

    /** How much there is to say of a failure. */
    enum Telling {
        /** It was told. */
        NOTHING,
        /** A sentence, of what is no defect here. */
        WARNING,
        /** A sentence: the store says what is wrong, and where. */
        ERROR,
        /** All that is known, since nothing expected this. */
        TRACE
    }

    /**
     * What to do about a failure.
     *
     * @param delay before the shard is loaded again
     */
    record Reaction(Duration delay, Telling telling) {}

    /** The store has failed. */
    Reaction failed(@Nullable Throwable cause) {
        Optional<StorageException.Kind> kind = StorageException.in(cause).map(StorageException::kind);
        boolean told = lasting && kind.equals(last);
        lasting = true;
        last = kind;
        Duration delay = least;
        if (kind.filter(StoreTrouble::staysUntilMended).isPresent()) {
            delay = told ? next : least;
            Duration doubled = delay.multipliedBy(2);
            next = doubled.compareTo(most) < 0 ? doubled : most;
        }
        return new Reaction(delay, told ? Telling.NOTHING : telling(kind));
    }

    /** The store has taken something. */
    void over() {
        lasting = false;
        next = least;
    }

    private static boolean staysUntilMended(StorageException.Kind kind) {
        return kind == StorageException.Kind.CORRUPT || kind == StorageException.Kind.IO;
    }

    private static Telling telling(Optional<StorageException.Kind> kind) {
        if (kind.isEmpty()) {
            return Telling.TRACE;
        }
        return switch (kind.get()) {
            case CONFLICT, FULL -> Telling.WARNING;
            case CORRUPT, IO, CLOSED -> Telling.ERROR;
        };
    }
}
