package dev.weft.proxy.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names as the wire has them: each label behind its length, an empty label last; lower case. */
final class DnsName {
    private DnsName() {}

    /**
     * A whole name, with its empty label.
     *
     * @param text with or without a dot at its end
     * @throws IllegalArgumentException when a label is empty or longer than 63 bytes, or the name longer than 255
     */
    static byte[] wire(String text) {
        String relative = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        byte[] name = relative.isEmpty() ? new byte[1] : join(labels(relative.split("\\.", -1)), new byte[1]);
        if (name.length > Wire.MAX_NAME_BYTES) {
            throw new IllegalArgumentException("name: " + text + " (expected: at most 255 bytes)");
        }
        return name;
    }

    /** The same, or null for what is no name. */
    static byte @Nullable [] wireOrNull(String text) {
        try {
            return wire(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Labels without the empty one behind them: a part to put before a name. */
    static byte[] labels(String... labels) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String label : labels) {
            byte[] bytes = label.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
            if (bytes.length == 0 || bytes.length > Wire.MAX_LABEL_BYTES) {
                throw new IllegalArgumentException("label: " + label + " (expected: 1 to 63 bytes)");
            }
            out.write(bytes.length);
            out.write(bytes, 0, bytes.length);
        }
        return out.toByteArray();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.write(part, 0, part.length);
        }
        return out.toByteArray();
    }

    /** How many labels a whole name has, the empty one not counted. */
    static int count(byte[] wire) {
        int count = 0;
        for (int at = 0; wire[at] != 0; at += 1 + wire[at]) {
            count++;
        }
        return count;
    }

    /** For people: with dots, whatever is not printable as a question mark. */
    static String text(byte[] wire) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < wire.length && wire[at] != 0; at += 1 + wire[at]) {
            for (int i = at + 1; i <= at + wire[at]; i++) {
                text.append(wire[i] > ' ' && wire[i] < 127 ? (char) wire[i] : '?');
            }
            text.append('.');
        }
        return text.isEmpty() ? "." : text.toString();
    }
}
