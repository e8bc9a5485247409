package dev.weft.proxy.outlier;

/**
 * What one endpoint's failures have led to; immutable. Times are of one monotonic clock, in nanoseconds.
 *
 * <p>An endpoint that returns is on probation: until it has answered once, a single failure ejects it again. Each ejection
 * lasts {@code min(base * ejections, max)}, where {@code ejections} counts this one and the former, less one for each
 * {@code base} that passed in choice since the last return.
 *
 * @param failures in a row, since it last answered; at most as many as it takes
 * @param ejections that still count
 * @param atNanos when it is to return, while it is ejected; else when it last returned
 */
public record OutlierState(int failures, int ejections, boolean ejected, long atNanos) {
    /** Of an endpoint that has never failed. */
    public static final OutlierState NEW = new OutlierState(0, 0, false, 0);

    /** It failed once more; what fails while it is ejected changes nothing. */
    public OutlierState failed(OutlierSettings settings) {
        return ejected || failures >= settings.consecutiveFailures()
                ? this
                : new OutlierState(failures + 1, ejections, false, atNanos);
    }

    /** It answered; while it is ejected that may be an answer to what was asked before. */
    public OutlierState answered() {
        return ejected || failures == 0 ? this : new OutlierState(0, ejections, false, atNanos);
    }

    /** Whether it has failed often enough. */
    public boolean due(OutlierSettings settings) {
        return !ejected && settings.consecutiveFailures() > 0 && failures >= settings.consecutiveFailures();
    }

    /** It is out of choice from now on. */
    public OutlierState eject(long nowNanos, OutlierSettings settings) {
        int counting = remembered(nowNanos, settings) + 1;
        long base = settings.baseEjection().toNanos();
        long max = settings.maxEjection().toNanos();
        long lasts = counting > max / base ? max : base * counting;
        return new OutlierState(failures, counting, true, nowNanos + lasts);
    }

    /** Whether its time out is over. */
    public boolean over(long nowNanos) {
        return ejected && nowNanos - atNanos >= 0;
    }

    /** It is in choice again, on probation. */
    public OutlierState comeBack(long nowNanos, OutlierSettings settings) {
        return new OutlierState(Math.max(0, settings.consecutiveFailures() - 1), ejections, false, nowNanos);
    }

    private int remembered(long nowNanos, OutlierSettings settings) {
        long forgotten = (nowNanos - atNanos) / settings.baseEjection().toNanos();
        return ejections == 0 ? 0 : (int) Math.max(0, ejections - Math.max(0, forgotten));
    }
}
