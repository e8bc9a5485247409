package dev.weft.registry.journal;

/** A read or write of the embedded store failed; the message says what happened and where. */
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
        CLOSED
    }
}
