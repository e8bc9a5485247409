package dev.weft.registry.resource;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds names that stand twice in one object of a JSON text; a tree no longer shows them, the last one having won. */
public final class DuplicateFields {
    private static final int MOST_FINDINGS = 100;
    private static final JsonFactory FACTORY = new JsonFactory();

    private DuplicateFields() {}

    /** One sentence for each, e.g. {@code duplicate field "spec.ports[0].port"}; none for a text that is no JSON. */
    public static List<String> find(byte[] json) {
        List<String> found = new ArrayList<>();
        Deque<Level> levels = new ArrayDeque<>();
        try (JsonParser parser = FACTORY.createParser(json)) {
            for (JsonToken token = parser.nextToken();
                    token != null && found.size() < MOST_FINDINGS;
                    token = parser.nextToken()) {
                Level top = levels.peek();
                if (token == JsonToken.FIELD_NAME && top != null) {
                    top.at = top.path.isEmpty() ? parser.currentName() : top.path + "." + parser.currentName();
                    if (!top.seen.add(parser.currentName())) {
                        found.add("duplicate field \"" + top.at + "\"");
                    }
                    continue;
                }
                if (token.isStructEnd()) {
                    levels.pop();
                    continue;
                }
                if (top != null && top.inArray) {
                    top.at = top.path + "[" + top.index++ + "]";
                }
                if (token.isStructStart()) {
                    levels.push(new Level(top == null ? "" : top.at, token == JsonToken.START_ARRAY));
                }
            }
        } catch (IOException e) {
            return List.of(); // whoever parses the text in earnest says so
        }
        return found;
    }

    /** One object or array that is open. */
    private static final class Level {
        private final String path;
        private final boolean inArray;
        private final Set<String> seen = new HashSet<>();
        private String at = "";
        private int index;

        private Level(String path, boolean inArray) {
            this.path = path;
            this.inArray = inArray;
        }
    }
}
