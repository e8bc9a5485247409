package dev.weft.registry.resource;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds names that stand twice in one object of a JSON text; a tree no longer shows them, the last one having won. */
public final class DuplicateFields {
    private static final int MOST_FINDINGS = 100;

    /** Characters of a path that are shown. */
    private static final int LONGEST_PATH = 1_000;

    private static final JsonSource SOURCE = new JsonSource(StreamReadConstraints.defaults());

    private DuplicateFields() {}

    /** One sentence for each, e.g. {@code duplicate field "spec.ports[0].port"}; none for a text that is no JSON. */
    public static List<String> find(byte[] json) {
        List<String> found = new ArrayList<>();
        Deque<Level> levels = new ArrayDeque<>();
        try (JsonParser parser = SOURCE.parser(json)) {
            for (JsonToken token = parser.nextToken();
                    token != null && found.size() < MOST_FINDINGS;
                    token = parser.nextToken()) {
                Level top = levels.peek();
                if (token == JsonToken.FIELD_NAME && top != null) {
                    top.name = parser.currentName();
                    if (!top.seen.add(top.name)) {
                        found.add("duplicate field \"" + start(top.at()) + "\"");
                    }
                    continue;
                }
                if (token.isStructEnd()) {
                    levels.pop();
                    continue;
                }
                if (top != null && top.inArray) {
                    top.index++;
                }
                if (token.isStructStart()) {
                    levels.push(new Level(top, token == JsonToken.START_ARRAY));
                }
            }
        } catch (IOException e) {
            return List.of(); // whoever parses the text in earnest says so
        }
        return found;
    }

    /** Names may be as long as the body is, and each of the findings would hold them all. */
    private static String start(String path) {
        return path.length() <= LONGEST_PATH ? path : path.substring(0, LONGEST_PATH) + "...";
    }

    /** One object or array that is open. Where it is is put into words only if something is found there. */
    private static final class Level {
        private final @Nullable Level parent;
        private final boolean inArray;
        private final Set<String> seen;
        private String name = "";
        private int index = -1;

        private Level(@Nullable Level parent, boolean inArray) {
            this.parent = parent;
            this.inArray = inArray;
            this.seen = inArray ? Set.of() : new HashSet<>();
        }

        /** The path of what is read at the moment. */
        private String at() {
            String before = parent == null ? "" : parent.at();
            if (inArray) {
                return before + "[" + index + "]";
            }
            return before.isEmpty() ? name : before + "." + name;
        }
    }
}
