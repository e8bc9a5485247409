package dev.weft.proxy.balance;

import java.time.Duration;

/**
 * How long a measured round trip counts, and how often it is measured again; the keys stand explained in {@code
 * reference.conf} under {@code weft.proxy.balance}.
 *
 * @param oldAfter after how long without a connection to a cluster it is measured again
 * @param askOneIn of so many connections to other clusters at most one goes to a cluster only to measure it
 */
public record RoundTripBounds(Duration oldAfter, int askOneIn) {
    /** Those that hold where nothing else is configured. */
    public static final RoundTripBounds USUAL = new RoundTripBounds(Duration.ofSeconds(30), 20);

    public RoundTripBounds {
        if (oldAfter.toMillis() < 1 || askOneIn < 2) {
            throw new IllegalArgumentException("weft.proxy.balance: round-trip-old-after=" + oldAfter
                    + " round-trip-ask-one-in=" + askOneIn + " (expected: > 0, >= 2)");
        }
    }
}
