package dev.weft.proxy.balance;

/**
 * A moving average of latency that jumps up to a peak at once and comes down slowly.
 *
 * <p>For an observation x after dt: {@code e' = x} if {@code x > e}, else {@code e' = e*w + x*(1-w)} with
 * {@code w = exp(-dt/decay)} (natural exponent). Between observations the value decays by the same {@code w}, so that an
 * endpoint which was slow once is tried again.
 *
 * @see <a href="https://twitter.github.io/finagle/guide/Clients.html#power-of-two-choices-p2c-least-loaded">Finagle</a>
 */
final class PeakEwma {
    private final double decayNanos;
    private volatile Estimate estimate = new Estimate(0, 0);

    PeakEwma(long decayNanos) {
        this.decayNanos = decayNanos;
    }

    /** Concurrent observations may lose one another: an estimate, not an account. */
    void observe(long tookNanos, long nowNanos) {
        Estimate last = estimate;
        double value = tookNanos;
        if (last.nanos > tookNanos) {
            double keep = keep(last, nowNanos);
            value = last.nanos * keep + tookNanos * (1 - keep);
        }
        estimate = new Estimate(value, nowNanos);
    }

    /** At least 1, so that costs of unknown endpoints still differ by their open connections. */
    double nanosAt(long nowNanos) {
        Estimate last = estimate;
        return last.nanos == 0 ? 1 : Math.max(1, last.nanos * keep(last, nowNanos));
    }

    private double keep(Estimate last, long nowNanos) {
        return Math.exp(-Math.max(0, nowNanos - last.atNanos) / decayNanos);
    }

    private record Estimate(double nanos, long atNanos) {}
}
