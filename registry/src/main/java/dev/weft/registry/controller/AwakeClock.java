package dev.weft.registry.controller;

import java.time.Duration;
import java.time.Instant;

/**
 * How long this process has been awake. Whoever was suspended himself (a stopped process, a sleeping machine, a pause of
 * the virtual machine) has not listened meanwhile, so that time must not count against those who were to be heard.
 */
final class AwakeClock {
    private final Duration longestStep;
    private Instant last;
    private Duration awake = Duration.ZERO;

    /**
     * @param longestStep what counts at most of the time between two looks
     * @param start by a clock that never goes back
     */
    AwakeClock(Duration longestStep, Instant start) {
        this.longestStep = longestStep;
        this.last = start;
    }

    /** To be asked at intervals shorter than the longest step. */
    Duration at(Instant now) {
        Duration step = Duration.between(last, now);
        last = now;
        awake = awake.plus(step.compareTo(longestStep) > 0 ? longestStep : step);
        return awake;
    }
}
