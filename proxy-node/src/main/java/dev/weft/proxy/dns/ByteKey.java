package dev.weft.proxy.dns;

import java.util.Arrays;

/** Bytes as a key of a map; the array must not change any more. */
final class ByteKey {
    private final byte[] bytes;

    ByteKey(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return ByteMap.hash(bytes, 0, bytes.length);
    }
}
