package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Something to look for in a line of JSON, and the digits right after it. */
final class Marker {
    private final byte[] before;

    private Marker(byte[] before) {
        this.before = before;
    }

    static Marker of(String before) {
        return new Marker(before.getBytes(StandardCharsets.UTF_8));
    }

    boolean isIn(ByteBuf line) {
        return end(line, line.readerIndex()) >= 0;
    }

    /** How often it stands there. */
    int count(ByteBuf line) {
        int count = 0;
        for (int at = end(line, line.readerIndex()); at >= 0; at = end(line, at)) {
            count++;
        }
        return count;
    }

    /** The number after it; -1 if there is none. */
    int number(ByteBuf line) {
        int at = end(line, line.readerIndex());
        if (at < 0) {
            return -1;
        }
        int number = 0;
        for (; at < line.writerIndex() && Character.isDigit(line.getByte(at)); at++) {
            number = number * 10 + line.getByte(at) - '0';
        }
        return number;
    }

    /** Right after the next place where it stands; -1 if there is none. */
    private int end(ByteBuf line, int from) {
        int last = line.writerIndex() - before.length;
        for (int at = from; at <= last; at++) {
            at = line.indexOf(at, line.writerIndex(), before[0]);
            if (at < 0 || at > last) {
                return -1;
            }
            int same = 1;
            while (same < before.length && line.getByte(at + same) == before[same]) {
                same++;
            }
            if (same == before.length) {
                return at + same;
            }
        }
        return -1;
    }
}
