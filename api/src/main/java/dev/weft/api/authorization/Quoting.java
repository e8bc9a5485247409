package dev.weft.api.authorization;

import java.util.List;
import java.util.stream.Collectors;

/** Text in quotation marks as Go's {@code %q} writes it, so that messages are those of Kubernetes. Pure. */
final class Quoting {
    private Quoting() {}

    static String quoted(List<String> texts) {
        return texts.stream().map(Quoting::quoted).collect(Collectors.joining(" ", "[", "]"));
    }

    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f) {
                        quoted.append(String.format("\\x%02x", c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
