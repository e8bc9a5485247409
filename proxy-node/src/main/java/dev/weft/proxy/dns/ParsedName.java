package dev.weft.proxy.dns;

import java.util.Arrays;

/**
 * A name taken apart, in lower case; made once and used again for every question of an event loop, so that taking a
 * name apart allocates nothing.
 */
final class ParsedName {
    private final byte[] bytes = new byte[Wire.MAX_NAME_BYTES];
    private final int[] offsets = new int[Wire.MAX_NAME_BYTES / 2 + 1];
    private int length;
    private int labels;

    /**
     * Takes the name apart that stands at an offset of a message.
     *
     * @return where the message goes on; -1 when there is no uncompressed name of at most 255 bytes
     */
    int parse(byte[] message, int at, int end) {
        length = 0;
        labels = 0;
        int position = at;
        while (position < end) {
            int size = message[position];
            if (size == 0) {
                bytes[length++] = 0;
                return position + 1;
            }
            if (size < 0 || size > Wire.MAX_LABEL_BYTES || position + size >= end || length + size + 2 > bytes.length) {
                return -1;
            }
            offsets[labels++] = length;
            bytes[length++] = (byte) size;
            for (int i = position + 1; i <= position + size; i++) {
                byte letter = message[i];
                bytes[length++] = letter >= 'A' && letter <= 'Z' ? (byte) (letter + ('a' - 'A')) : letter;
            }
            position += 1 + size;
        }
        return -1;
    }

    /** Lower-case bytes; valid up to {@link #length()}. */
    byte[] bytes() {
        return bytes;
    }

    /** Bytes of the whole name, its empty label included. */
    int length() {
        return length;
    }

    /** How many labels it has, the empty one not counted. */
    int labels() {
        return labels;
    }

    /** Where label number {@code index} starts; behind the last one is the empty label. */
    int offset(int index) {
        return index == labels ? length - 1 : offsets[index];
    }

    /** Whether it is the zone's name or a name below it. */
    boolean isIn(Zone zone) {
        int above = labels - zone.labels();
        return above >= 0
                && length - offset(above) == zone.wire().length
                && Arrays.equals(bytes, offset(above), length, zone.wire(), 0, zone.wire().length);
    }

    /** Whether label number {@code index} is this one, given with its length byte. */
    boolean labelIs(int index, byte[] label) {
        return Arrays.equals(bytes, offset(index), offset(index + 1), label, 0, label.length);
    }
}
