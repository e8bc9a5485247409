package dev.weft.api.guard;

import java.util.Locale;
import java.util.Set;

/**
 * What the head of a request says of the body behind it.
 *
 * @param length of the body; 0 for none, and where it is chunked
 * @param chunked whether the body comes in chunks
 * @param upgrade whether the client wishes to leave HTTP, and sends nothing before it is told whether it may
 */
record RequestHead(long length, boolean chunked, boolean upgrade) {
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");

    /** So many digits never overflow a signed number of 64 bits. */
    private static final int MOST_DIGITS = 18;

    private static final String TOKEN = "!#$%&'*+-.^_`|~";

    /**
     * Reads a head strictly.
     *
     * @param head one byte a character, without the empty line at the end
     * @throws Refused with what is wrong
     */
    static RequestHead parse(String head, GuardSettings bounds) throws Refused {
        String[] lines = head.split("\r\n", -1);
        requestLine(lines[0], bounds);
        if (lines.length - 1 > bounds.headers()) {
            throw new Refused(Violation.HEAD_TOO_LARGE);
        }
        Fields fields = new Fields();
        for (int i = 1; i < lines.length; i++) {
            fields.add(lines[i]);
        }
        return fields.end(lines[0].endsWith("1.1"));
    }

    private static void requestLine(String line, GuardSettings bounds) throws Refused {
        String[] parts = line.split(" ", -1);
        require(parts.length == 3 && isToken(parts[0]) && !parts[1].isEmpty());
        require(parts[2].equals("HTTP/1.1") || parts[2].equals("HTTP/1.0"));
        if (parts[1].length() > bounds.targetBytes()) {
            throw new Refused(Violation.TARGET_TOO_LONG);
        }
        require(parts[1].chars().allMatch(c -> c > ' ' && c < 0x7f));
        if (!METHODS.contains(parts[0])) {
            throw new Refused(Violation.METHOD);
        }
    }

    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c >= '0' && c <= '9')
                                || (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || TOKEN.indexOf(c) >= 0);
    }

    private static void require(boolean condition) throws Refused {
        if (!condition) {
            throw new Refused(Violation.MALFORMED);
        }
    }

    /** The fields that tell where the body ends. */
    private static final class Fields {
        private int lengths;
        private int encodings;
        private int hosts;
        private long length;
        private boolean upgrade;

        private void add(String line) throws Refused {
            int colon = line.indexOf(':');
            require(colon > 0 && isToken(line.substring(0, colon)));
            String value = line.substring(colon + 1);
            require(value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f)));
            String trimmed = value.strip();
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> {
                    lengths++;
                    length = number(trimmed);
                }
                case "transfer-encoding" -> {
                    encodings++;
                    require(trimmed.equalsIgnoreCase("chunked"));
                }
                case "host" -> hosts++;
                case "upgrade" -> upgrade = true;
                default -> {}
            }
        }

        private static long number(String digits) throws Refused {
            require(!digits.isEmpty()
                    && digits.length() <= MOST_DIGITS
                    && digits.chars().allMatch(c -> c >= '0' && c <= '9'));
            return Long.parseLong(digits);
        }

        private RequestHead end(boolean current) throws Refused {
            require(lengths + encodings <= 1);
            require(encodings == 0 || current);
            require(current ? hosts == 1 : hosts <= 1);
            // Java's own client offers another protocol with every request; one with a body stays with this one.
            return new RequestHead(length, encodings == 1, upgrade && length == 0 && encodings == 0);
        }
    }

    /** The head is not let through. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final Violation violation;

        Refused(Violation violation) {
            super(violation.name(), null, false, false);
            this.violation = violation;
        }

        Violation violation() {
            return violation;
        }
    }
}
