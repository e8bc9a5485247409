package dev.weft.deploy.run;

/** Whether a command is ready, from the answers to its probe: it takes several in a row to change that. */
final class Readiness {
    private final int successes;
    private final int failures;
    private boolean ready;
    private boolean last;
    private int inARow;

    /**
     * Not ready at first.
     *
     * @param successes in a row until it is ready
     * @param failures in a row until it is not
     */
    Readiness(int successes, int failures) {
        this.successes = successes;
        this.failures = failures;
    }

    /** Takes one answer, and tells whether it is ready now. */
    boolean probed(boolean success) {
        inARow = success == last ? inARow + 1 : 1;
        last = success;
        if (inARow >= (success ? successes : failures)) {
            ready = success;
        }
        return ready;
    }
}
