package dev.weft.proxy.balance;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * SplitMix64 streams that many threads may draw from at once, without allocation, and without waiting for one another: a
 * thread draws from a stream of its own, as far as there are enough of them. Two threads that share one may once in a while
 * draw the same. Seeded, so that what one thread does can be repeated.
 */
final class Dice {
    private static final long STEP = 0x9E3779B97F4A7C15L;
    private static final int STREAMS = 4;
    /** Longs from one stream to the next: a cache line. */
    private static final int APART = 8;

    private final AtomicLongArray states = new AtomicLongArray(STREAMS * APART);

    Dice(long seed) {
        for (int stream = 0; stream < STREAMS; stream++) {
            states.setPlain(stream * APART, Hashing.mix(seed + stream));
        }
    }

    long next() {
        int stream = (int) (Thread.currentThread().getId() % STREAMS) * APART;
        long state = states.getPlain(stream) + STEP;
        states.setPlain(stream, state);
        return Hashing.mix(state);
    }

    /** 0 until the bound, evenly. */
    int next(int bound) {
        return Hashing.reduce(next(), bound);
    }
}
