package dev.weft.proxy.dns;

import java.net.InetAddress;
import java.util.random.RandomGenerator;

/**
 * Cookies by which a UDP client proves that it receives what is sent to its address (RFC 7873), as RFC 9018 builds them:
 * version, time, and SipHash-2-4 over these, the client's cookie and its address.
 */
final class ServerCookies {
    static final int CLIENT_BYTES = 8;
    static final int BYTES = 16;

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
        byte[] expected = new byte[BYTES];
        write(message, at, client, Wire.unsignedInt(message, at + 12), expected, 0);
        int difference = 0;
        for (int i = 0; i < BYTES; i++) {
            difference |= expected[i] ^ message[at + CLIENT_BYTES + i];
        }
        return difference == 0 && age <= LIFETIME_SECONDS && age >= -CLOCK_SKEW_SECONDS;
    }

    /** Writes the 16 bytes of a new cookie. */
    void write(byte[] message, int clientAt, InetAddress client, long epochSeconds, byte[] out, int outAt) {
        byte[] address = client.getAddress();
        byte[] input = new byte[BYTES + address.length];
        System.arraycopy(message, clientAt, input, 0, CLIENT_BYTES);
        input[CLIENT_BYTES] = 1;
        for (int i = 0; i < 4; i++) {
            input[12 + i] = (byte) (epochSeconds >>> (24 - 8 * i));
        }
        System.arraycopy(address, 0, input, BYTES, address.length);
        System.arraycopy(input, CLIENT_BYTES, out, outAt, 8);
        long hash = sipHash(input);
        for (int i = 0; i < 8; i++) {
            out[outAt + 8 + i] = (byte) (hash >>> (8 * i));
        }
    }

    /** SipHash-2-4 (Aumasson and Bernstein, 2012). */
    long sipHash(byte[] input) {
        long[] v = {
            key0 ^ 0x736f6d6570736575L,
            key1 ^ 0x646f72616e646f6dL,
            key0 ^ 0x6c7967656e657261L,
            key1 ^ 0x7465646279746573L
        };
        int whole = input.length / 8 * 8;
        for (int at = 0; at < whole; at += 8) {
            absorb(v, word(input, at, 8));
        }
        absorb(v, word(input, whole, input.length - whole) | ((long) input.length << 56));
        v[2] ^= 0xFF;
        for (int i = 0; i < 4; i++) {
            round(v);
        }
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void absorb(long[] v, long word) {
        v[3] ^= word;
        round(v);
        round(v);
        v[0] ^= word;
    }

    private static long word(byte[] input, int at, int count) {
        long word = 0;
        for (int i = 0; i < count; i++) {
            word |= (input[at + i] & 0xFFL) << (8 * i);
        }
        return word;
    }

    private static void round(long[] v) {
        v[0] += v[1];
        v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
        v[0] = Long.rotateLeft(v[0], 32);
        v[2] += v[3];
        v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
        v[2] = Long.rotateLeft(v[2], 32);
    }
}
