package dev.weft.deploy.bench;

/**
 * How much of a benchmark is run.
 *
 * @param rounds each figure is the median of so many
 * @param divisor counts are divided by it
 */
record Effort(int rounds, int divisor) {
    /** What the bars are meant for. */
    static final Effort FULL = new Effort(3, 1);

    /** To see where one stands while changing things: the figures are rough. */
    static final Effort QUICK = new Effort(1, 4);

    /** To see that a benchmark still runs: the figures mean nothing. */
    static final Effort SMOKE = new Effort(1, 500);

    /** How many of what the full benchmark does so many times; at least so many as make sense. */
    int count(int full, int atLeast) {
        return Math.max(atLeast, full / divisor);
    }

    /** Whether figures are worth holding against bars. */
    boolean counts() {
        return divisor < SMOKE.divisor;
    }
}
