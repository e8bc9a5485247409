package dev.weft.api.problem;

import dev.weft.registry.resource.Refusal;

/**
 * The way out of reading a request that cannot be read. Thrown by this module's parsers only, and turned into an answer in
 * one place, so that no parser has to hand an optional through all its callers. Carries no stack trace: it is no bug.
 */
public final class RequestRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    public RequestRefused(Refusal refusal) {
        super(refusal.message(), null, false, false);
        this.refusal = refusal;
    }

    /** A request that makes no sense, said in a sentence. */
    public static RequestRefused badRequest(String message) {
        return new RequestRefused(Refusal.badRequest(message));
    }

    public Refusal refusal() {
        return refusal;
    }
}
