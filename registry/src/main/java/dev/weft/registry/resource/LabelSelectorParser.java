package dev.weft.registry.resource;

import dev.weft.registry.resource.LabelSelector.Operator;
import dev.weft.registry.resource.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads one label query from left to right; the grammar is that of Kubernetes' label selectors. */
final class LabelSelectorParser {
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
                all.add(requirement());
                skipBlanks();
                if (at < text.length()) {
                    expect(',');
                    skipBlanks();
                    if (at == text.length()) {
                        throw new Malformed("found '', expected: identifier after ','");
                    }
                }
            }
        } catch (Malformed e) {
            return Parsed.invalid(
                    Refusal.badRequest("unable to parse requirement: " + e.getMessage() + " in \"" + text + "\""));
        }
        return Parsed.valid(new LabelSelector(all));
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
            return new Requirement(key, Operator.IN, Set.of(value()));
        }
        if (next == '!') {
            at++;
            expect('=');
            return new Requirement(key, Operator.NOT_IN, Set.of(value()));
        }
        if (next == '>' || next == '<') {
            at++;
            return new Requirement(key, next == '>' ? Operator.GREATER_THAN : Operator.LESS_THAN, Set.of(number(key)));
        }
        String word = word();
        if (!word.equals("in") && !word.equals("notin")) {
            throw new Malformed("found '" + word + "', expected: in, notin, =, ==, !=, gt, lt");
        }
        return new Requirement(key, word.equals("in") ? Operator.IN : Operator.NOT_IN, list());
    }

    private Set<String> list() throws Malformed {
        Set<String> values = new TreeSet<>();
        skipBlanks();
        expect('(');
        do {
            values.add(value());
            skipBlanks();
        } while (peek() == ',' && ++at > 0);
        expect(')');
        return values;
    }

    private String key() throws Malformed {
        skipBlanks();
        String key = word();
        List<String> faults = Names.qualifiedName(key);
        if (!faults.isEmpty()) {
            throw new Malformed("key: Invalid value: \"" + key + "\": " + String.join("; ", faults));
        }
        return key;
    }

    private String value() throws Malformed {
        skipBlanks();
        String value = word();
        List<String> faults = Names.labelValue(value);
        if (!faults.isEmpty()) {
            throw new Malformed("values: Invalid value: \"" + value + "\": " + String.join("; ", faults));
        }
        return value;
    }

    private String number(String key) throws Malformed {
        String value = value();
        if (!value.matches("-?[0-9]{1,18}")) {
            throw new Malformed("values[0]: Invalid value: \"" + value + "\": for 'Gt', 'Lt' operators, the value of "
                    + key + " must be an integer");
        }
        return value;
    }

    private String word() {
        int start = at;
        while (at < text.length() && " \t(),=!<>".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at);
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private void expect(char wanted) throws Malformed {
        if (peek() != wanted) {
            throw new Malformed(
                    "found '" + (at < text.length() ? text.charAt(at) : "") + "', expected: '" + wanted + "'");
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
