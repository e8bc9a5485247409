package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;

/** Declares the columns of {@code kubectl get} in the order in which they are shown; the name comes first by itself. */
final class Columns {
    static final String NONE = "<none>";

    private final List<Column> columns = new ArrayList<>();

    private Columns() {}

    static Columns named() {
        Columns columns = new Columns();
        columns.columns.add(new Column(
                "Name",
                "string",
                "name",
                "Name must be unique within a namespace.",
                0,
                (object, now) -> Trees.text(object, "metadata", "name")));
        return columns;
    }

    /** Without a name in front, as for Events. */
    static Columns unnamed() {
        return new Columns();
    }

    /** Always shown. */
    Columns text(String name, Function<JsonNode, String> cell) {
        return add(name, "string", 0, (object, now) -> cell.apply(object));
    }

    /** Shown with {@code -o wide} only. */
    Columns wide(String name, Function<JsonNode, String> cell) {
        return add(name, "string", 1, (object, now) -> cell.apply(object));
    }

    Columns number(String name, Function<JsonNode, Integer> cell) {
        return add(name, "integer", 0, (object, now) -> cell.apply(object));
    }

    Columns truth(String name, Function<JsonNode, Boolean> cell) {
        return add(name, "boolean", 0, (object, now) -> cell.apply(object));
    }

    Columns timed(String name, int priority, Column.Cell cell) {
        return add(name, "string", priority, cell);
    }

    Columns age() {
        return timed("Age", 0, Columns::ageOf);
    }

    private Columns add(String name, String type, int priority, Column.Cell cell) {
        columns.add(new Column(name, type, "", name, priority, cell));
        return this;
    }

    List<Column> done() {
        return columns;
    }

    static String ageOf(JsonNode object, Instant now) {
        return HumanDuration.since(Trees.text(object, "metadata", "creationTimestamp"), now);
    }

    static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }

    /** {@code a=b,c=d}, or {@code <none>}. */
    static String labels(JsonNode labels) {
        StringJoiner joined = new StringJoiner(",");
        new java.util.TreeMap<>(Trees.textMap(labels)).forEach((key, value) -> joined.add(key + "=" + value));
        return orNone(joined.toString());
    }

    /** The form of a selector in an object. */
    static String selector(JsonNode selector) {
        return orNone(LabelSelector.of(selector).toString());
    }

    /** One field of each element, comma separated. */
    static String each(JsonNode list, String field) {
        StringJoiner joined = new StringJoiner(",");
        list.forEach(element -> joined.add(Trees.text(element, field)));
        return joined.toString();
    }
}
