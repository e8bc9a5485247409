package dev.weft.registry.resource.patch;

/** Why a patch was not applied; an expected outcome, caught where the patch was begun. */
public final class PatchFailure extends Exception {
    private final Kind cause;

    private PatchFailure(Kind cause, String message) {
        super(message, null, false, false);
        this.cause = cause;
    }

    /** It is no patch of its format. */
    public static PatchFailure malformed(String message) {
        return new PatchFailure(Kind.MALFORMED, message);
    }

    /** A directive in it is wrong; the message is all that a client is told. */
    public static PatchFailure badDirective(String message) {
        return new PatchFailure(Kind.BAD_DIRECTIVE, message);
    }

    /** It asks for too much. */
    public static PatchFailure tooLarge(String message) {
        return new PatchFailure(Kind.TOO_LARGE, message);
    }

    /** It does not fit this object. */
    public static PatchFailure notApplicable(String message) {
        return new PatchFailure(Kind.NOT_APPLICABLE, message);
    }

    public Kind cause() {
        return cause;
    }

    /** Whose fault it is: the format's or the object's. */
    public enum Kind {
        MALFORMED,
        BAD_DIRECTIVE,
        TOO_LARGE,
        NOT_APPLICABLE
    }
}
