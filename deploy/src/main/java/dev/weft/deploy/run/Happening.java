package dev.weft.deploy.run;

/** What the supervising thread is told by the others. */
sealed interface Happening {
    /** The command has ended. */
    record Ended(int code) implements Happening {}

    /** The probe was answered, or not. */
    record Probed(boolean success) implements Happening {}

    /** Somebody wants it to end. Told a second time: at once. */
    record StopAsked(String why) implements Happening {}

    /** A signal that is the command's to understand, without {@code SIG}. */
    record Signalled(String signal) implements Happening {}
}
