package dev.weft.registry.resource.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * One step of the way to a field.
 *
 * @param kind what sort of step
 * @param text the name of a field, the number of an element, or the one JSON text of a key or value
 */
public record PathElement(Kind kind, String text) implements Comparable<PathElement> {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Comparator<PathElement> ORDER =
            Comparator.comparing(PathElement::kind).thenComparing(PathElement::text);

    /** The sorts of steps, with the letter that stands before each in {@code FieldsV1}. */
    public enum Kind {
        FIELD('f'),
        /** The element of a keyed list, by its keys. */
        KEY('k'),
        /** The element of a set. */
        VALUE('v'),
        /** The element of any other list. */
        INDEX('i');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    /** The field of an object. */
    public static PathElement field(String name) {
        return new PathElement(Kind.FIELD, name);
    }

    /** The element of a set. */
    static PathElement value(JsonNode value) {
        return new PathElement(Kind.VALUE, canonical(value));
    }

    /** The element of a keyed list, by its keys in the order of their names. */
    static PathElement key(SortedMap<String, JsonNode> keys) {
        StringBuilder text = new StringBuilder("{");
        keys.forEach((name, value) -> addKey(text, name, value));
        return new PathElement(Kind.KEY, text.append('}').toString());
    }

    /** Adds one key to the text of several. */
    static void addKey(StringBuilder text, String name, JsonNode value) {
        if (text.length() > 1) {
            text.append(',');
        }
        text.append('"');
        JsonStringEncoder.getInstance().quoteAsString(name, text);
        text.append('"');
        text.append(':').append(canonical(value));
    }

    /** Reads a name of {@code FieldsV1}, such as <code>k:{"name":"web"}</code>; empty if it is none. */
    static Optional<PathElement> parse(String name) {
        if (name.length() < 2 || name.charAt(1) != ':') {
            return Optional.empty();
        }
        String text = name.substring(2);
        return switch (name.charAt(0)) {
            case 'f' -> Optional.of(field(text));
            case 'i' -> text.matches("\\d{1,9}") ? Optional.of(new PathElement(Kind.INDEX, text)) : Optional.empty();
            case 'v' -> json(text).map(PathElement::value);
            case 'k' ->
                json(text).filter(ObjectNode.class::isInstance).map(keys -> {
                    SortedMap<String, JsonNode> fields = new TreeMap<>();
                    keys.properties().forEach(entry -> fields.put(entry.getKey(), entry.getValue()));
                    return key(fields);
                });
            default -> Optional.empty();
        };
    }

    private static Optional<JsonNode> json(String text) {
        try {
            JsonNode node = MAPPER.readTree(text);
            return node == null || node.isMissingNode() ? Optional.empty() : Optional.of(node);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** One text a value: whole numbers are the same whatever width they were read with. */
    private static String canonical(JsonNode value) {
        return value.isIntegralNumber() ? value.asText() : value.toString();
    }

    /** Its name in {@code FieldsV1}. */
    String wireName() {
        return kind.letter + ":" + text;
    }

    /** As conflicts show it: {@code .spec}, {@code [port=80,protocol="TCP"]}, {@code [="x"]}, {@code [3]}. */
    @Override
    public String toString() {
        return switch (kind) {
            case FIELD -> "." + text;
            case VALUE -> "[=" + text + "]";
            case INDEX -> "[" + text + "]";
            case KEY -> {
                StringJoiner shown = new StringJoiner(",", "[", "]");
                json(text)
                        .ifPresent(keys ->
                                keys.properties().forEach(entry -> shown.add(entry.getKey() + "=" + entry.getValue())));
                yield shown.toString();
            }
        };
    }

    @Override
    public int compareTo(PathElement other) {
        return ORDER.compare(this, other);
    }
}
