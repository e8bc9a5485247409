package dev.weft.proxy.balance;

/**
 * A moving average of latency that jumps up to a peak at once and comes down slowly; pure.
 *
 * <p>For an observation x after dt: {@code e' = x} if {@code x > e}, else {@code e' = e*w + x*(1-w)} with
 * {@code w = exp(-dt/decay)} (natural exponent). Between observations the value decays by the same {@code w}, so that an
 * endpoint which was slow once is tried again, down to one nanosecond.
 *
 * <p>An average is kept as {@code ln(e) + t/decay}, for its time t: a single number that stays the same while the value
 * decays, so that two of them are compared without a look at the clock of either.
 *
 * @see <a href="https://twitter.github.io/finagle/guide/Clients.html#power-of-two-choices-p2c-least-loaded">Finagle</a>
 */
final class PeakEwma {
    /** Of an endpoint that has not answered yet. */
    static final double UNKNOWN = Double.NEGATIVE_INFINITY;

    private static final double LOG2_E = 1 / Math.log(2);
    private static final double MOST_DOUBLINGS = 1_000;
    private static final double SLOPE = 0.66;
    private static final int MANTISSA_BITS = 52;

    private PeakEwma() {}

    /**
     * The average after an observation.
     *
     * @param last when the one before was
     * @param now both in decays
     */
    static double after(double average, double last, long tookNanos, double now) {
        double before = Math.exp(average - last);
        double value = tookNanos;
        if (before > tookNanos) {
            double keep = Math.exp(Math.min(0, last - now));
            value = before * keep + tookNanos * (1 - keep);
        }
        return Math.log(Math.max(1, value)) + now;
    }

    /**
     * How many times the other the one is, within 0.3 %.
     *
     * @param now in decays
     */
    static double ratio(double one, double other, double now) {
        return exp(Math.max(one, now) - Math.max(other, now)); // a nanosecond is ln(1) above now
    }

    /**
     * {@link Math#exp} within 0.3 % in a fraction of its time: {@code 2^(whole + part)}, where {@code 2^part} is a parabola
     * through 1 and 2.
     */
    static double exp(double x) {
        double doublings = Math.max(-MOST_DOUBLINGS, Math.min(MOST_DOUBLINGS, x * LOG2_E));
        double whole = Math.floor(doublings);
        double part = doublings - whole;
        double curve = 1 + part * (SLOPE + (1 - SLOPE) * part);
        return curve * Double.longBitsToDouble((long) (Double.MAX_EXPONENT + whole) << MANTISSA_BITS);
    }
}
