package dev.weft.deploy.run;

/** When a command that has ended is started again. */
public enum RestartPolicy {
    Always,
    OnFailure,
    Never;

    /** Whether it is, after it ended with this code. */
    boolean restarts(int exitCode) {
        return this == Always || (this == OnFailure && exitCode != 0);
    }
}
