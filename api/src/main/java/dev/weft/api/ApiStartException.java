package dev.weft.api;

import org.jspecify.annotations.Nullable;

/** The API server cannot start; the message is a sentence for the user that says why and what to do. */
public final class ApiStartException extends Exception {
    private static final long serialVersionUID = 1L;

    ApiStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
