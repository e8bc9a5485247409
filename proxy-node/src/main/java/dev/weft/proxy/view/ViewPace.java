package dev.weft.proxy.view;

import java.time.Duration;

/**
 * How much of the machine new pictures may take: after one with so many changes the next waits for so many times the pause
 * of one, so that a storm of changes is folded, and a lone change is seen at once.
 *
 * @param perChange the pause for one changed object; zero for none
 * @param most the longest pause
 */
public record ViewPace(Duration perChange, Duration most) {
    /** Each picture at once. */
    public static final ViewPace NONE = new ViewPace(Duration.ZERO, Duration.ZERO);

    /** A timer that waits for less than this is not worth its while. */
    private static final Duration LEAST = Duration.ofMillis(10);

    public ViewPace {
        if (perChange.isNegative() || most.isNegative()) {
            throw new IllegalArgumentException(
                    "weft.proxy.view: pause-per-change=" + perChange + " max-pause=" + most + " (expected: each >= 0)");
        }
    }

    /** How long to wait after a picture with so many changed objects; zero for not at all. */
    Duration after(int changes) {
        Duration pause = perChange.multipliedBy(changes);
        Duration bounded = pause.compareTo(most) < 0 ? pause : most;
        return bounded.compareTo(LEAST) < 0 ? Duration.ZERO : bounded;
    }
}
