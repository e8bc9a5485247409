package dev.weft.deploy.demo;

import dev.weft.deploy.terminal.CommandFailed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits until something holds, for bounded time. */
final class Eventually {
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);

    private final InstantSource clock;

    Eventually(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Looks again and again.
     *
     * @param what is to hold, for the message
     * @param missing what is still missing; empty once it holds
     * @throws CommandFailed with what was missing last, if it does not hold in time
     */
    void holds(Duration atMost, String what, Supplier<Optional<String>> missing) {
        Instant begun = clock.instant();
        while (true) {
            Optional<String> lack = missing.get();
            if (lack.isEmpty()) {
                return;
            }
            if (Duration.between(begun, clock.instant()).compareTo(atMost) > 0) {
                throw CommandFailed.failed(
                        "the demo waited " + atMost.toSeconds() + " s in vain: " + what + "; " + lack.get());
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }
}
