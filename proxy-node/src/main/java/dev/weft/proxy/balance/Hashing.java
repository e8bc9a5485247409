package dev.weft.proxy.balance;

import java.nio.charset.StandardCharsets;

/** Hashes that every release and every node computes alike; consistent hashing depends on it. */
public final class Hashing {
    private Hashing() {}

    /** FNV-1a over the UTF-8 bytes, then mixed, so that similar names land far apart. */
    public static long of(String text, long seed) {
        return of(text.getBytes(StandardCharsets.UTF_8), seed);
    }

    /** FNV-1a over the bytes, then mixed; allocates nothing. */
    public static long of(byte[] bytes, long seed) {
        long hash = 0xCBF29CE484222325L ^ seed;
        for (byte next : bytes) {
            hash = (hash ^ (next & 0xFF)) * 0x100000001B3L;
        }
        return mix(hash);
    }

    /** The finaliser of SplitMix64: every bit of the input changes half of the output's. */
    public static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Maps a hash evenly to 0 until the bound. */
    static int reduce(long hash, int bound) {
        return (int) (((hash >>> 32) * bound) >>> 32);
    }
}
