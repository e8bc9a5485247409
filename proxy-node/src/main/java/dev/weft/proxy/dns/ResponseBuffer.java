package dev.weft.proxy.dns;

/** Where a message is written; made once and used again. Never grows: who writes looks at the limit first. */
final class ResponseBuffer {
    private final byte[] bytes;
    private int length;

    ResponseBuffer(int capacity) {
        this.bytes = new byte[capacity];
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void length(int newLength) {
        length = newLength;
    }

    void putByte(int value) {
        bytes[length++] = (byte) value;
    }

    void putShort(int value) {
        setShort(length, value);
        length += 2;
    }

    void putInt(long value) {
        setShort(length, (int) (value >>> 16));
        setShort(length + 2, (int) value);
        length += 4;
    }

    void put(byte[] from) {
        put(from, 0, from.length);
    }

    void put(byte[] from, int offset, int count) {
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    void setShort(int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    /** Adds to the count of a section: 6 answers, 8 authority, 10 additional. */
    void count(int header, int more) {
        setShort(header, Wire.unsignedShort(bytes, header) + more);
    }
}
