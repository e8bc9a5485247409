package dev.weft.proxy.balance;

/**
 * The hash by which the Linux kernel chooses for {@code jhash} in a rule of nftables: Bob Jenkins's lookup3 as in {@code
 * include/linux/jhash.h} on a little-endian processor. A listener that uses it leads a client as the kernel does.
 *
 * @see <a href="https://www.burtleburtle.net/bob/c/lookup3.c">lookup3</a>
 */
public final class KernelHash {
    /** Any number; all nodes need the same, in the kernel and in listeners, so that they lead a client alike. */
    public static final int SEED = 0x77656674;

    private static final int INITIAL = 0xDEADBEEF;
    private static final int BLOCK = 3 * Integer.BYTES;

    private KernelHash() {}

    /** Of an address in network order (4 or 16 bytes), with {@link #SEED}; allocates nothing. */
    public static int of(byte[] address) {
        return of(address, SEED);
    }

    /**
     * Of whole words; allocates nothing.
     *
     * @param bytes a multiple of 4 in number
     */
    static int of(byte[] bytes, int seed) {
        int a = INITIAL + bytes.length + seed;
        int b = a;
        int c = a;
        int at = 0;
        for (; bytes.length - at > BLOCK; at += BLOCK) {
            a += word(bytes, at);
            b += word(bytes, at + Integer.BYTES);
            c += word(bytes, at + 2 * Integer.BYTES);
            a = (a - c) ^ Integer.rotateLeft(c, 4);
            c += b;
            b = (b - a) ^ Integer.rotateLeft(a, 6);
            a += c;
            c = (c - b) ^ Integer.rotateLeft(b, 8);
            b += a;
            a = (a - c) ^ Integer.rotateLeft(c, 16);
            c += b;
            b = (b - a) ^ Integer.rotateLeft(a, 19);
            a += c;
            c = (c - b) ^ Integer.rotateLeft(b, 4);
            b += a;
        }
        int words = (bytes.length - at) / Integer.BYTES;
        if (words == 0) {
            return c;
        }
        a += word(bytes, at);
        b += words > 1 ? word(bytes, at + Integer.BYTES) : 0;
        c += words > 2 ? word(bytes, at + 2 * Integer.BYTES) : 0;
        return last(a, b, c);
    }

    /** As the kernel maps a hash to 0 until the bound. */
    static int reduce(int hash, int bound) {
        return (int) ((Integer.toUnsignedLong(hash) * bound) >>> Integer.SIZE);
    }

    private static int last(int first, int second, int third) {
        int c = (third ^ second) - Integer.rotateLeft(second, 14);
        int a = (first ^ c) - Integer.rotateLeft(c, 11);
        int b = (second ^ a) - Integer.rotateLeft(a, 25);
        c = (c ^ b) - Integer.rotateLeft(b, 16);
        a = (a ^ c) - Integer.rotateLeft(c, 4);
        b = (b ^ a) - Integer.rotateLeft(a, 14);
        return (c ^ b) - Integer.rotateLeft(b, 24);
    }

    private static int word(byte[] bytes, int at) {
        return (bytes[at] & 0xFF)
                | (bytes[at + 1] & 0xFF) << 8
                | (bytes[at + 2] & 0xFF) << 16
                | (bytes[at + 3] & 0xFF) << 24;
    }
}
