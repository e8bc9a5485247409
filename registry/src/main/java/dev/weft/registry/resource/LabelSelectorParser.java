package dev.weft.registry.resource;

import dev.weft.registry.resource.LabelSelector.Operator;
import dev.weft.registry.resource.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads one label query from left to right; the grammar is that of Kubernetes' label selectors. */
final class LabelSelectorParser {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final String BLANKS = " \t\r\n";

    private final String text;
    private int at;

    LabelSelectorParser(String text) {
        this.text = text;
    }

    Parsed<LabelSelector> parse() {
        List<Requirement> all = new ArrayList<>();
        try {
            skipBlanks();
            while (at < text.length()) {
                all.add(prefixed());
                skipBlanks();
                if (at < text.length()) {
                    if (peek() != ',') {
                        throw new Malformed("found '" + token() + "', expected: ',' or 'end of string'");
                    }
                    at++;
                    skipBlanks();
                    if (at == text.length() || "(),=<>".indexOf(peek()) >= 0) {
                        throw new Malformed("found '" + token() + "', expected: identifier after ','");
                    }
                }
            }
        } catch (Malformed e) {
            return Parsed.invalid(Refusal.badRequest(String.valueOf(e.getMessage())));
        }
        return Parsed.valid(new LabelSelector(all));
    }

    private Requirement prefixed() throws Malformed {
        if ("(),=<>".indexOf(peek()) >= 0) {
            throw new Malformed("found '" + token() + "', expected: !, identifier, or 'end of string'");
        }
        try {
            return requirement();
        } catch (Malformed e) {
            throw new Malformed("unable to parse requirement: " + e.getMessage());
        }
    }

    private Requirement requirement() throws Malformed {
        if (peek() == '!') {
            at++;
            return new Requirement(key(), Operator.DOES_NOT_EXIST, Set.of());
        }
        String key = key();
        skipBlanks();
        char next = peek();
        if (next == 0 || next == ',') {
            return new Requirement(key, Operator.EXISTS, Set.of());
        }
        if (next == '=') {
            at++;
            if (peek() == '=') {
                at++;
            }
            return new Requirement(key, Operator.IN, Set.of(exactly(key)));
        }
        if (next == '!') {
            at++;
            expect('=');
            return new Requirement(key, Operator.NOT_IN, Set.of(exactly(key)));
        }
        if (next == '>' || next == '<') {
            at++;
            return new Requirement(key, next == '>' ? Operator.GREATER_THAN : Operator.LESS_THAN, Set.of(number(key)));
        }
        String word = word();
        if (!word.equals("in") && !word.equals("notin")) {
            throw new Malformed(
                    "found '" + (word.isEmpty() ? token() : word) + "', expected: in, notin, =, ==, !=, gt, lt");
        }
        return new Requirement(key, word.equals("in") ? Operator.IN : Operator.NOT_IN, list(key));
    }

    private Set<String> list(String key) throws Malformed {
        Set<String> values = new TreeSet<>();
        skipBlanks();
        if (peek() != '(') {
            throw new Malformed("found '" + token() + "' expected: '('");
        }
        do {
            at++;
            values.add(value(key, values.size()));
            skipBlanks();
        } while (peek() == ',');
        if (peek() != ')') {
            throw new Malformed("found '" + token() + "', expected: ',' or ')'");
        }
        at++;
        return values;
    }

    private String key() throws Malformed {
        skipBlanks();
        String key = word();
        if (key.isEmpty()) {
            throw new Malformed("found '" + token() + "', expected: identifier");
        }
        List<String> faults = Names.qualifiedName(key);
        if (!faults.isEmpty()) {
            // The path of a query is nothing: so Kubernetes writes it.
            throw new Malformed("<nil>: Invalid value: \"" + key + "\": " + String.join("; ", faults));
        }
        return key;
    }

    private String exactly(String key) throws Malformed {
        skipBlanks();
        if ("(!<>=)".indexOf(peek()) >= 0) {
            throw new Malformed("found '" + token() + "', expected: identifier");
        }
        return value(key, 0);
    }

    private String value(String key, int index) throws Malformed {
        skipBlanks();
        String value = word();
        List<String> faults = Names.labelValue(value);
        if (!faults.isEmpty()) {
            throw new Malformed("values[" + index + "][" + key + "]: Invalid value: \"" + value + "\": "
                    + String.join("; ", faults));
        }
        return value;
    }

    private String number(String key) throws Malformed {
        String value = exactly(key);
        if (!NUMBER.matcher(value).matches()) {
            throw new Malformed("values[0]: Invalid value: \"" + value
                    + "\": for 'Gt', 'Lt' operators, the value must be an integer");
        }
        return value;
    }

    private String word() {
        int start = at;
        while (at < text.length() && (BLANKS + "(),=!<>").indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at);
    }

    /** What stands here, for a message: a word, an operator, or nothing at the end. */
    private String token() {
        if (at >= text.length()) {
            return "";
        }
        String two = text.substring(at, Math.min(text.length(), at + 2));
        if (two.equals("==") || two.equals("!=")) {
            return two;
        }
        int end = at;
        String word = word();
        at = end;
        return word.isEmpty() ? text.substring(at, at + 1) : word;
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void skipBlanks() {
        while (at < text.length() && BLANKS.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void expect(char wanted) throws Malformed {
        if (peek() != wanted) {
            throw new Malformed("found '" + token() + "', expected: '" + wanted + "'");
        }
        at++;
    }

    /** Leaves the descent; never leaves this class. */
    private static final class Malformed extends Exception {
        private Malformed(String message) {
            super(message, null, false, false);
        }
    }
}
