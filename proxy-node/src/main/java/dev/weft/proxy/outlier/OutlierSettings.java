package dev.weft.proxy.outlier;

import java.time.Duration;

/**
 * When an endpoint is put out of choice for its failures; each value is explained in {@code reference.conf} under {@code
 * weft.proxy.outlier}.
 *
 * @param consecutiveFailures in a row until ejection; 0 to eject none
 * @param baseEjection how long the first ejection lasts; the n-th in short order lasts n times as long
 * @param maxEjection the longest
 * @param maxEjectedPercent how many of the endpoints may be out at once, 0 to 100
 * @param panicPercent when a smaller part than this is usable, all are used, 0 to 100
 */
public record OutlierSettings(
        int consecutiveFailures, Duration baseEjection, Duration maxEjection, int maxEjectedPercent, int panicPercent) {
    /** Ejects none. */
    public static final OutlierSettings OFF =
            new OutlierSettings(0, Duration.ofSeconds(1), Duration.ofSeconds(1), 0, 0);

    public OutlierSettings {
        if (consecutiveFailures < 0
                || baseEjection.toMillis() < 1
                || maxEjection.compareTo(baseEjection) < 0
                || percentOut(maxEjectedPercent)
                || percentOut(panicPercent)) {
            throw new IllegalArgumentException("weft.proxy.outlier: consecutive-failures=" + consecutiveFailures
                    + " base-ejection=" + baseEjection + " max-ejection=" + maxEjection + " max-ejected-percent="
                    + maxEjectedPercent + " panic-percent=" + panicPercent
                    + " (expected: >= 0, >= 1ms, >= base-ejection, 0 to 100, 0 to 100)");
        }
    }

    /**
     * Whether one more of them may be ejected: together at most {@code max(1, floor(total * maxEjectedPercent / 100))};
     * never the only one, and none when the percentage is 0.
     */
    public boolean mayEject(int ejected, int total) {
        return total > 1 && maxEjectedPercent > 0 && ejected < Math.max(1, (long) total * maxEjectedPercent / 100);
    }

    /** Whether so few are usable that all are to be used: none, or {@code usable / total < panicPercent / 100}. */
    public boolean panics(int usable, int total) {
        return usable == 0 || usable * 100L < (long) total * panicPercent;
    }

    private static boolean percentOut(int percent) {
        return percent < 0 || percent > 100;
    }
}
