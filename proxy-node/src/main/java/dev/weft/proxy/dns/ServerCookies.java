package dev.weft.proxy.dns;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.random.RandomGenerator;

/**
 * Cookies by which a UDP client proves that it receives what is sent to its address (RFC 7873), as RFC 9018 builds them:
 * version, time, and SipHash-2-4 over these, the client's cookie and its address.
 */
final class ServerCookies {
    static final int CLIENT_BYTES = 8;
    static final int BYTES = 16;

    /** Version 1 and three reserved bytes. */
    private static final int VERSION = 1 << 24;

    private static final int LIFETIME_SECONDS = 3600;
    private static final int CLOCK_SKEW_SECONDS = 300;

    private final long key0;
    private final long key1;

    /** @param random draws the secret; must not be guessable */
    ServerCookies(RandomGenerator random) {
        this(random.nextLong(), random.nextLong());
    }

    ServerCookies(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** Whether a whole cookie, the client's part first, was made here for that client within the last hour. */
    boolean valid(byte[] message, int at, int length, InetAddress client, long epochSeconds) {
        if (length != CLIENT_BYTES + BYTES || message[at + CLIENT_BYTES] != 1) {
            return false;
        }
        int age = (int) epochSeconds - (int) Wire.unsignedInt(message, at + 12);
        long difference = Long.reverseBytes(hash(message, at, client, Wire.unsignedInt(message, at + 12)))
                ^ word(message, at + CLIENT_BYTES + 8);
        difference |= Wire.unsignedInt(message, at + CLIENT_BYTES) ^ VERSION;
        return difference == 0 && age <= LIFETIME_SECONDS && age >= -CLOCK_SKEW_SECONDS;
    }

    /** Writes the 16 bytes of a new cookie. */
    void write(byte[] message, int clientAt, InetAddress client, long epochSeconds, byte[] out, int outAt) {
        putInt(out, outAt, VERSION);
        putInt(out, outAt + 4, epochSeconds);
        long hash = Long.reverseBytes(hash(message, clientAt, client, epochSeconds));
        putInt(out, outAt + 8, hash >>> 32);
        putInt(out, outAt + 12, hash);
    }

    /**
     * SipHash-2-4 (Aumasson and Bernstein, 2012) of the client's cookie, version and reserved bytes, time, and address,
     * whose words are absorbed as they come up: nothing is copied, nothing allocated for IPv4.
     */
    private long hash(byte[] message, int clientAt, InetAddress client, long epochSeconds) {
        long second = Long.reverseBytes(((long) VERSION << 32) | (epochSeconds & 0xFFFFFFFFL));
        if (client instanceof Inet4Address) {
            // an IPv4 address hashes to itself
            long last = (Integer.reverseBytes(client.hashCode()) & 0xFFFFFFFFL) | (20L << 56);
            return sipHash(Long.reverseBytes(word(message, clientAt)), second, 0, 0, last, 2);
        }
        byte[] address = client.getAddress();
        return sipHash(
                Long.reverseBytes(word(message, clientAt)),
                second,
                Long.reverseBytes(word(address, 0)),
                Long.reverseBytes(word(address, 8)),
                32L << 56,
                4);
    }

    /** Of so many words, little-endian, and a last one that carries the length. */
    private long sipHash(long m0, long m1, long m2, long m3, long last, int words) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        for (int i = 0; i <= words + 1; i++) {
            boolean closing = i == words + 1;
            long m = i == words ? last : i == 0 ? m0 : i == 1 ? m1 : i == 2 ? m2 : m3;
            if (closing) {
                v2 ^= 0xFF;
            } else {
                v3 ^= m;
            }
            for (int round = closing ? 4 : 2; round > 0; round--) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            if (!closing) {
                v0 ^= m;
            }
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static long word(byte[] bytes, int at) {
        return (Wire.unsignedInt(bytes, at) << 32) | Wire.unsignedInt(bytes, at + 4);
    }

    private static void putInt(byte[] out, int at, long value) {
        for (int i = 0; i < 4; i++) {
            out[at + i] = (byte) (value >>> (24 - 8 * i));
        }
    }
}
