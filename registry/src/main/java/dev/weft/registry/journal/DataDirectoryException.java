package dev.weft.registry.journal;

/** The data directory cannot be used; the message is one sentence for the user. */
public final class DataDirectoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DataDirectoryException(String message) {
        super(message);
    }

    public DataDirectoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
