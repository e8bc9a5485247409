package dev.weft.registry.journal;

import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A read or write of a store failed; the message says what happened and where. */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    public StorageException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public StorageException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What a failure of any store says for certain; empty if what was to be written may be stored all the same. */
    public static Optional<StorageException> in(@Nullable Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof StorageException storage) {
                return Optional.of(storage);
            }
            if (at instanceof SQLException sql) {
                return Failures.of(sql);
            }
        }
        return Optional.empty();
    }

    public Kind kind() {
        return kind;
    }

    /** What can go wrong. */
    public enum Kind {
        /** No room on the disk: writes are possible again once there is some. */
        FULL,
        /** What was stored is damaged. */
        CORRUPT,
        /** The disk or the file system failed. */
        IO,
        /** The store has been closed. */
        CLOSED,
        /** Not stored, since another process has stored something else in its place. */
        CONFLICT
    }
}
