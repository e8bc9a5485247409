package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A query by a few declared fields: {@code metadata.name=web,status.phase!=Running}.
 *
 * @param terms all must hold
 */
public record FieldSelector(List<Term> terms) {
    /** Selects every object. */
    public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

    public FieldSelector {
        terms = List.copyOf(terms);
    }

    /** Reads the form of {@code ?fieldSelector=}; only the fields that the kind declares are known. */
    public static Parsed<FieldSelector> parse(ResourceKind kind, String text) {
        List<Term> terms = new ArrayList<>();
        for (String part : split(text)) {
            int at = part.indexOf('=');
            if (at < 0) {
                return Parsed.invalid(
                        Refusal.badRequest("invalid selector: '" + text + "'; can't understand '" + part + "'"));
            }
            boolean negated = at > 0 && part.charAt(at - 1) == '!';
            String field = part.substring(0, negated ? at - 1 : at).strip();
            String value =
                    part.substring(part.startsWith("==", at) ? at + 2 : at + 1).strip();
            Function<JsonNode, String> read = kind.fieldSelectors().get(field);
            boolean known = read != null || field.equals("metadata.name") || field.equals("metadata.namespace");
            if (!known) {
                return Parsed.invalid(unknown(kind, field));
            }
            terms.add(new Term(field, unescape(value), negated, read == null ? object -> "" : read));
        }
        return Parsed.valid(new FieldSelector(terms));
    }

    /** Kubernetes words it in three ways: for a kind with fields of its own, for Jobs, and for all others. */
    private static Refusal unknown(ResourceKind kind, String field) {
        if (kind.type().plural().equals("jobs")) {
            return Refusal.badRequest("field label \"" + field + "\" not supported for Job");
        }
        if (kind.type().group().isEmpty() && !kind.fieldSelectors().isEmpty()) {
            return Refusal.badRequest("field label not supported: " + field);
        }
        TreeSet<String> known = new TreeSet<>(kind.fieldSelectors().keySet());
        known.add("metadata.name");
        known.add("metadata.namespace");
        return Refusal.badRequest("\"" + field + "\" is not a known field selector: only "
                + known.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", ")));
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                part.append(c).append(text.charAt(++i));
            } else if (c == ',') {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        parts.removeIf(String::isBlank);
        return parts;
    }

    private static String unescape(String value) {
        return value.replaceAll("\\\\([,=\\\\])", "$1");
    }

    /** Whether an object is selected; reads its body only where a term asks for more than its name. */
    public boolean matches(Resource object) {
        JsonNode tree = null;
        for (Term term : terms) {
            if (tree == null && !term.ofKey()) {
                tree = object.json().toTree();
            }
            String value = switch (term.field()) {
                case "metadata.name" -> object.key().name();
                case "metadata.namespace" -> object.key().namespace();
                default -> tree == null ? "" : term.read().apply(tree);
            };
            if (value.equals(term.value()) == term.negated()) {
                return false;
            }
        }
        return true;
    }

    /**
     * One comparison.
     *
     * @param read the field's value in an object; unused for the two fields of every kind
     */
    public record Term(String field, String value, boolean negated, Function<JsonNode, String> read) {
        private boolean ofKey() {
            return field.equals("metadata.name") || field.equals("metadata.namespace");
        }
    }
}
