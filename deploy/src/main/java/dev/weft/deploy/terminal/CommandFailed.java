package dev.weft.deploy.terminal;

import org.jspecify.annotations.Nullable;

/**
 * A command cannot go on: the message is one line for the user, saying what happened, to what, and what to do. The
 * command's process ends with {@link #exitCode()}.
 */
public final class CommandFailed extends RuntimeException {
    /** What was asked for was right but did not work. */
    public static final int FAILED = 1;
    /** What was asked for makes no sense. */
    public static final int USAGE = 2;

    private final int exitCode;
    private final boolean away;

    private CommandFailed(int exitCode, String message, @Nullable Throwable cause, boolean away) {
        super(message, cause);
        this.exitCode = exitCode;
        this.away = away;
    }

    /** It did not work. */
    public static CommandFailed failed(String message) {
        return new CommandFailed(FAILED, message, null, false);
    }

    /** It did not work because of something below. */
    public static CommandFailed failed(String message, Throwable cause) {
        return new CommandFailed(FAILED, message, cause, false);
    }

    /** Somebody who is needed cannot be reached, or does not answer: it may work later without a change. */
    public static CommandFailed away(String message, Throwable cause) {
        return new CommandFailed(FAILED, message, cause, true);
    }

    /** The command line or the configuration asks for something that makes no sense. */
    public static CommandFailed usage(String message) {
        return new CommandFailed(USAGE, message, null, false);
    }

    /** Whether the same may work later: nobody has said no. */
    public boolean isAway() {
        return away;
    }

    /** What the process ends with: 1 or 2. */
    public int exitCode() {
        return exitCode;
    }
}
