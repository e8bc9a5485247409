package dev.weft.gossip.trust;

import akka.util.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Bytes to be signed: begins with what kind of statement it is, then parts with their lengths, so that no two read alike. */
final class Statement {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(192);

    Statement(String kind) {
        add(kind);
    }

    Statement add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    Statement add(ByteString part) {
        return add(part.toArrayUnsafe());
    }

    Statement add(long number) {
        bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
        return this;
    }

    private Statement add(byte[] part) {
        add(part.length);
        bytes.writeBytes(part);
        return this;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
