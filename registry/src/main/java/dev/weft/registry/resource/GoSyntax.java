package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes values as Go's {@code fmt} does, since Kubernetes' messages show them so and people search for these messages. */
final class GoSyntax {
    private static final String SHORT_ESCAPES = "\u0007a\bb\ff\nn\rr\tt\u000bv\\\\\"\"";

    private GoSyntax() {}

    /** A string as {@code %q} writes it. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(point -> {
            int known = point > '\\' ? -1 : escape((char) point);
            if (known >= 0) {
                quoted.append('\\').append(SHORT_ESCAPES.charAt(known + 1));
            } else if (point < ' ' || point == 0x7f) {
                quoted.append("\\x%02x".formatted(point));
            } else if (isPrintable(point)) {
                quoted.appendCodePoint(point);
            } else {
                quoted.append((point < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(point));
            }
        });
        return quoted.append('"').toString();
    }

    private static int escape(char c) {
        for (int i = 0; i < SHORT_ESCAPES.length(); i += 2) {
            if (SHORT_ESCAPES.charAt(i) == c) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> point == ' ';
            default -> true;
        };
    }

    /** A value as Kubernetes shows it in a message about a field. */
    static String value(Object value) {
        if (value instanceof String text) {
            return quoted(text);
        }
        return value instanceof JsonNode node ? node(node) : String.valueOf(value);
    }

    /** Lists and maps of strings as {@code %#v} writes them; what has a type of its own in Go stays JSON. */
    private static String node(JsonNode node) {
        if (node.isTextual()) {
            return quoted(node.asText());
        }
        if (node.isMissingNode()) {
            return "null";
        }
        if (node.isArray() && all(node, JsonNode::isTextual)) {
            return texts(node);
        }
        return node.isObject() && !node.isEmpty() && all(node, JsonNode::isTextual) ? textMap(node) : node.toString();
    }

    private static boolean all(JsonNode node, java.util.function.Predicate<JsonNode> test) {
        for (JsonNode child : node) {
            if (!test.test(child)) {
                return false;
            }
        }
        return true;
    }

    /** {@code []string{"a", "b"}}; also of a list that is not there. */
    static String texts(JsonNode array) {
        if (array.isEmpty()) {
            return "[]string(nil)";
        }
        List<String> items = new ArrayList<>();
        array.forEach(item -> items.add(quoted(item.asText())));
        return "[]string{" + String.join(", ", items) + "}";
    }

    /** {@code map[string]string{"a":"b"}}; also of a map that is not there. */
    static String textMap(JsonNode map) {
        if (map.isEmpty()) {
            return "map[string]string(nil)";
        }
        List<String> entries = new ArrayList<>();
        sorted(map).forEach((key, value) -> entries.add(quoted(key) + ":" + quoted(value.asText())));
        return "map[string]string{" + String.join(", ", entries) + "}";
    }

    /** A label selector as {@code %#v} writes it. */
    static String labelSelector(JsonNode selector) {
        List<String> terms = new ArrayList<>();
        for (JsonNode term : Trees.at(selector, "matchExpressions")) {
            terms.add("v1.LabelSelectorRequirement{Key:" + quoted(Trees.text(term, "key")) + ", Operator:"
                    + quoted(Trees.text(term, "operator")) + ", Values:" + texts(Trees.at(term, "values")) + "}");
        }
        return "v1.LabelSelector{MatchLabels:" + textMap(Trees.at(selector, "matchLabels")) + ", MatchExpressions:"
                + (terms.isEmpty()
                        ? "[]v1.LabelSelectorRequirement(nil)"
                        : "[]v1.LabelSelectorRequirement{" + String.join(", ", terms) + "}")
                + "}";
    }

    /** Any value as {@code %+v} writes it: {@code map[spec:map[replicas:1]]}. */
    static String plain(JsonNode node) {
        if (node.isObject()) {
            List<String> entries = new ArrayList<>();
            sorted(node).forEach((key, value) -> entries.add(key + ":" + plain(value)));
            return "map[" + String.join(" ", entries) + "]";
        }
        if (node.isArray()) {
            List<String> items = new ArrayList<>();
            node.forEach(item -> items.add(plain(item)));
            return "[" + String.join(" ", items) + "]";
        }
        return node.isNull() ? "<nil>" : node.asText();
    }

    private static Map<String, JsonNode> sorted(JsonNode map) {
        Map<String, JsonNode> sorted = new TreeMap<>();
        map.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }
}
