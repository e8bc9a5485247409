package dev.weft.proxy.balance;

import java.util.concurrent.atomic.AtomicLong;

/** A SplitMix64 stream that many threads may draw from at once without allocation; seeded, so runs can be repeated. */
final class Dice {
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private final AtomicLong state;

    Dice(long seed) {
        this.state = new AtomicLong(seed);
    }

    long next() {
        return Hashing.mix(state.getAndAdd(STEP));
    }

    /** 0 until the bound, evenly. */
    int next(int bound) {
        return Hashing.reduce(next(), bound);
    }
}
