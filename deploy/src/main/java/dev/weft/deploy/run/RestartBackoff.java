package dev.weft.deploy.run;

import java.time.Duration;

/**
 * How long to wait before a command is started again, as the kubelet does: the first time at once, then for a time that
 * doubles up to a bound, until the command has run for twice that bound.
 */
final class RestartBackoff {
    private final Duration first;
    private final Duration most;
    private Duration next = Duration.ZERO;

    /**
     * @param first before the second restart; 10 s with the kubelet
     * @param most at most; 5 minutes with the kubelet
     */
    RestartBackoff(Duration first, Duration most) {
        this.first = first;
        this.most = most;
    }

    /**
     * The time to wait from the end of the command.
     *
     * @param ran how long it ran this time
     */
    Duration after(Duration ran) {
        if (ran.compareTo(most.multipliedBy(2)) > 0) {
            next = Duration.ZERO;
        }
        Duration wait = next;
        Duration doubled = wait.isZero() ? first : wait.multipliedBy(2);
        next = doubled.compareTo(most) > 0 ? most : doubled;
        return wait;
    }
}
