package dev.weft.registry.resource;

/** Texts that JSON can spell and UTF-8 cannot carry. */
final class UnicodeText {
    private static final char REPLACEMENT = '\uFFFD';

    private UnicodeText() {}

    /** The text itself, or with the replacement character for each half of a surrogate pair that stands alone, as Go reads it. */
    static String repaired(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return repairedFrom(text, i);
            }
        }
        return text;
    }

    private static String repairedFrom(String text, int first) {
        StringBuilder repaired = new StringBuilder(text);
        for (int i = first; i < repaired.length(); i++) {
            char c = repaired.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < repaired.length()
                    && Character.isLowSurrogate(repaired.charAt(i + 1));
            if (pair) {
                i++;
            } else if (Character.isSurrogate(c)) {
                repaired.setCharAt(i, REPLACEMENT);
            }
        }
        return repaired.toString();
    }
}
