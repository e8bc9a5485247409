package dev.weft.api.forward;

import akka.util.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * Makes the links of a page that lead to its own host's root lead through a proxy's path. Takes the page in pieces of any size and
 * holds no more than the path's length of it. Not safe for many threads: one for each page.
 *
 * <p>Works on bytes: all that counts is ASCII, in UTF-8 as in the Latin encodings.
 */
final class HtmlLinks {
    private static final Set<String> LINKS = Set.of(
            "action",
            "background",
            "cite",
            "codebase",
            "formaction",
            "href",
            "icon",
            "longdesc",
            "manifest",
            "poster",
            "src",
            "usemap");

    /** Elements whose content is no HTML. */
    private static final Set<String> RAW = Set.of("script", "style", "textarea", "title");

    /** Longer than all of those names. */
    private static final int LONGEST_NAME = 16;

    private final byte[] prefix;
    private final StringBuilder name = new StringBuilder();
    private ByteArrayOutputStream out = new ByteArrayOutputStream();
    private State state = State.TEXT;
    private String element = "";
    private int matched;
    private char quote;

    private enum State {
        TEXT,
        /** Behind {@code <}. */
        OPEN,
        /** Behind {@code <!}, up to the first two characters. */
        DECLARATION,
        COMMENT,
        ELEMENT,
        TAG,
        ATTRIBUTE,
        /** Behind the name of an attribute, or its {@code =}. */
        NAMED,
        ASSIGNED,
        /** At the beginning of a link: what has been read of it is the beginning of the prefix as well. */
        LINK,
        VALUE,
        /** In the content of a script or the like. */
        SCRIPT
    }

    /** @param prefix the path in front of what the page calls its root, without a slash at the end */
    HtmlLinks(String prefix) {
        this.prefix = prefix.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The next piece as the client gets it; what it ends with may come with the next one. */
    ByteString take(ByteString piece) {
        out = new ByteArrayOutputStream(piece.size() + 64);
        for (byte each : piece.toArray()) {
            next(each);
        }
        return ByteString.fromArrayUnsafe(out.toByteArray());
    }

    /** What is still held when the page has ended. */
    ByteString end() {
        return state == State.LINK ? ByteString.fromArray(prefix, 0, matched) : ByteString.emptyByteString();
    }

    private void next(byte each) {
        char c = (char) (each & 0xff);
        if (state == State.LINK && link(each, c)) {
            return;
        }
        out.write(each);
        switch (state) {
            case TEXT -> state = c == '<' ? State.OPEN : State.TEXT;
            case OPEN -> open(c);
            case DECLARATION -> declaration(c);
            case COMMENT -> comment(c);
            case ELEMENT -> element(c);
            case TAG -> tag(c);
            case ATTRIBUTE -> attribute(c);
            case NAMED -> named(c);
            case ASSIGNED -> assigned(c);
            case VALUE -> value(c);
            case SCRIPT -> script(c);
            case LINK -> throw new IllegalStateException("a link is no byte");
        }
    }

    private void open(char c) {
        name.setLength(0);
        if (c == '!') {
            matched = 0;
            state = State.DECLARATION;
        } else if (c == '/' || isLetter(c)) {
            append(c);
            state = State.ELEMENT;
        } else {
            state = c == '<' ? State.OPEN : State.TEXT;
        }
    }

    private void declaration(char c) {
        if (c == '-' && ++matched == 2) {
            matched = 0;
            state = State.COMMENT;
        } else if (c != '-') {
            state = c == '>' ? State.TEXT : State.TAG;
            element = "!";
        }
    }

    /** Counts hyphens: two of them and a {@code >} end it. */
    private void comment(char c) {
        if (c == '>' && matched >= 2) {
            state = State.TEXT;
        }
        matched = c == '-' ? matched + 1 : 0;
    }

    private void element(char c) {
        if (isSpace(c) || c == '>') {
            element = name.toString();
            state = State.TAG;
            tag(c);
        } else {
            append(c);
        }
    }

    private void tag(char c) {
        if (c == '>') {
            matched = 0;
            state = RAW.contains(element) ? State.SCRIPT : State.TEXT;
        } else if (!isSpace(c) && c != '/') {
            name.setLength(0);
            append(c);
            state = State.ATTRIBUTE;
        }
    }

    private void attribute(char c) {
        if (isSpace(c)) {
            state = State.NAMED;
        } else if (c == '=') {
            state = State.ASSIGNED;
        } else if (c == '>' || c == '/') {
            state = State.TAG;
            tag(c);
        } else {
            append(c);
        }
    }

    private void named(char c) {
        if (c == '=') {
            state = State.ASSIGNED;
        } else if (!isSpace(c)) {
            state = State.TAG;
            tag(c);
        }
    }

    private void assigned(char c) {
        if (isSpace(c)) {
            return;
        }
        if (c == '>') {
            state = State.TAG;
            tag(c);
            return;
        }
        // Without quotes the value has begun already, and is left as it is: nobody writes links so.
        quote = c == '"' || c == '\'' ? c : 0;
        boolean link = quote != 0 && !element.startsWith("!") && LINKS.contains(name.toString());
        matched = 0;
        state = link ? State.LINK : State.VALUE;
    }

    /** Whether the byte is held: it goes on like the prefix, which need not stand there twice. */
    private boolean link(byte each, char c) {
        if (matched < prefix.length && each == prefix[matched]) {
            matched++;
            return true;
        }
        boolean elsewhere = matched == 0 || (matched == 1 && c == '/');
        boolean through = matched == prefix.length && (c == '/' || c == '?' || c == '#' || c == quote);
        if (!elsewhere && !through) {
            out.write(prefix, 0, prefix.length);
        }
        out.write(prefix, 0, matched);
        state = State.VALUE;
        return false;
    }

    private void value(char c) {
        if (quote == 0 ? c == '>' : c == quote) {
            state = State.TAG;
            if (c == '>') {
                tag(c);
            }
        } else if (quote == 0 && isSpace(c)) {
            state = State.TAG;
        }
    }

    /** Looks for the end tag of the element alone. */
    private void script(char c) {
        String end = "</" + element;
        if (matched == end.length()) {
            matched = 0;
            if (isSpace(c) || c == '>' || c == '/') {
                element = "/" + element;
                state = State.TAG;
                tag(c);
                return;
            }
        }
        boolean goesOn = Character.toLowerCase(c) == end.charAt(matched);
        matched = goesOn ? matched + 1 : c == '<' ? 1 : 0;
    }

    private void append(char c) {
        if (name.length() < LONGEST_NAME) {
            name.append(String.valueOf(c).toLowerCase(Locale.ROOT));
        }
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
    }
}
