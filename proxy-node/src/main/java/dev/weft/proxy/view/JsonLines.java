package dev.weft.proxy.view;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Cuts a stream of bytes into lines, wherever its chunks happen to end; bytes, not characters, so that a chunk may end
 * inside of one. Used by one thread at a time.
 */
final class JsonLines {
    private final int maxBytes;
    private final Consumer<byte[]> onLine;
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

    /** @param maxBytes the longest line */
    JsonLines(int maxBytes, Consumer<byte[]> onLine) {
        this.maxBytes = maxBytes;
        this.onLine = onLine;
    }

    /** @throws IllegalStateException when a line is longer than it may be */
    void accept(ByteBuffer chunk) {
        int lineStart = chunk.position();
        for (int at = chunk.position(); at < chunk.limit(); at++) {
            if (chunk.get(at) == '\n') {
                take(chunk, lineStart, at);
                lineStart = at + 1;
                byte[] line = partial.toByteArray();
                partial.reset();
                if (line.length > 0) {
                    onLine.accept(line);
                }
            }
        }
        take(chunk, lineStart, chunk.limit());
        chunk.position(chunk.limit());
    }

    private void take(ByteBuffer chunk, int from, int to) {
        if (partial.size() + (to - from) > maxBytes) {
            throw new IllegalStateException("a watch event is longer than weft.proxy.feed.max-event=" + maxBytes);
        }
        byte[] part = new byte[to - from];
        chunk.get(from, part);
        partial.write(part, 0, part.length);
    }
}
