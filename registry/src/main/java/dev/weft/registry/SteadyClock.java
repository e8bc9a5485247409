package dev.weft.registry;

import java.time.Instant;
import java.time.InstantSource;

/** Tells how time passes, not what time it is: starts at the epoch, and nobody can set it. */
final class SteadyClock implements InstantSource {
    private final long start = System.nanoTime();

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(System.nanoTime() - start);
    }
}
