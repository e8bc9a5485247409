package dev.weft.registry.resource.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** RFC 6902: a list of steps, each at a place named by an RFC 6901 pointer. */
public final class JsonPatch {
    /** As kube-apiserver: no sane patch has more. */
    private static final int MOST_STEPS = 10_000;

    /** All copy steps together may add so many times the characters of document and patch; no sane patch adds more. */
    private static final long MOST_COPIES = 4;

    /** What they may add in any case, in characters. */
    private static final long FREE_COPIES = 64L * 1024;

    private static final Pattern INDEX = Pattern.compile("-?[1-9][0-9]{0,8}");

    private final JsonNode steps;
    private JsonNode document;
    private long copied;
    private long mayCopy = -1;

    private JsonPatch(JsonNode document, JsonNode steps) {
        this.document = document;
        this.steps = steps;
    }

    /**
     * Applies all steps in order, or fails.
     *
     * @param target is used up, also in case of failure
     */
    public static JsonNode apply(JsonNode target, JsonNode steps) throws PatchFailure {
        if (!steps.isArray()) {
            throw PatchFailure.malformed("a JSON patch is an array of operations");
        }
        if (steps.size() > MOST_STEPS) {
            throw PatchFailure.tooLarge(
                    "The allowed maximum operations in a JSON patch is " + MOST_STEPS + ", got " + steps.size());
        }
        JsonPatch run = new JsonPatch(target, steps);
        for (JsonNode step : steps) {
            run.step(step);
        }
        return run.document;
    }

    private void step(JsonNode step) throws PatchFailure {
        if (!step.isObject()) {
            throw PatchFailure.malformed("an operation of a JSON patch is no object");
        }
        String operation = step.path("op").asText();
        List<String> path = pointer(step, "path");
        switch (operation) {
            case "add" -> add(path, value(step).deepCopy());
            case "remove" -> remove(path);
            case "replace" -> replace(path, value(step).deepCopy());
            case "move" -> move(pointer(step, "from"), path);
            case "copy" -> copy(pointer(step, "from"), path);
            case "test" -> test(path, value(step));
            default -> throw PatchFailure.notApplicable("Unexpected kind: " + operation);
        }
    }

    private static JsonNode value(JsonNode step) throws PatchFailure {
        JsonNode value = step.get("value");
        if (value == null) {
            throw PatchFailure.notApplicable("operation \"" + step.path("op").asText() + "\" has no value");
        }
        return value;
    }

    private static List<String> pointer(JsonNode step, String field) throws PatchFailure {
        JsonNode text = step.path(field);
        if (!text.isTextual()) {
            throw PatchFailure.notApplicable("operation has no " + field);
        }
        String pointer = text.asText();
        List<String> names = new ArrayList<>();
        if (pointer.isEmpty()) {
            return names;
        }
        if (pointer.charAt(0) != '/') {
            throw PatchFailure.notApplicable(field + " \"" + pointer + "\" does not begin with /");
        }
        for (String name : pointer.substring(1).split("/", -1)) {
            names.add(name.replace("~1", "/").replace("~0", "~"));
        }
        return names;
    }

    private void add(List<String> path, JsonNode value) throws PatchFailure {
        if (path.isEmpty()) {
            document = value;
            return;
        }
        String last = path.get(path.size() - 1);
        JsonNode parent = parent("add", path);
        if (parent instanceof ObjectNode object) {
            object.set(last, value);
        } else if (parent instanceof ArrayNode array) {
            array.insert(last.equals("-") ? array.size() : index(path, last, array.size() + 1), value);
        } else {
            throw missing("add", path);
        }
    }

    private JsonNode remove(List<String> path) throws PatchFailure {
        if (path.isEmpty()) {
            throw PatchFailure.notApplicable("remove operation does not apply: the whole document");
        }
        String last = path.get(path.size() - 1);
        JsonNode parent = parent("remove", path);
        JsonNode old = null;
        if (parent instanceof ObjectNode object) {
            old = object.remove(last);
        } else if (parent instanceof ArrayNode array) {
            old = array.remove(index(path, last, array.size()));
        }
        if (old == null) {
            throw missing("remove", path);
        }
        return old;
    }

    private void replace(List<String> path, JsonNode value) throws PatchFailure {
        if (path.isEmpty()) {
            document = value;
            return;
        }
        String last = path.get(path.size() - 1);
        JsonNode parent = parent("replace", path);
        if (parent instanceof ObjectNode object && object.has(last)) {
            object.set(last, value);
        } else if (parent instanceof ArrayNode array) {
            array.set(index(path, last, array.size()), value);
        } else {
            throw missing("replace", path);
        }
    }

    private void move(List<String> from, List<String> to) throws PatchFailure {
        if (to.size() > from.size() && to.subList(0, from.size()).equals(from)) {
            throw PatchFailure.notApplicable("move operation does not apply: " + show(to) + " is inside " + show(from));
        }
        if (from.equals(to)) {
            require("move", from);
            return;
        }
        add(to, remove(from));
    }

    private void copy(List<String> from, List<String> to) throws PatchFailure {
        if (mayCopy < 0) {
            long size = (long) document.toString().length() + steps.toString().length();
            mayCopy = Math.max(FREE_COPIES, MOST_COPIES * size);
        }
        JsonNode value = require("copy", from);
        copied += value.toString().length();
        if (copied > mayCopy) {
            throw PatchFailure.notApplicable("copy operations add more than the limit of " + mayCopy + " characters");
        }
        add(to, value.deepCopy());
    }

    private void test(List<String> path, JsonNode value) throws PatchFailure {
        JsonNode there = find(path);
        boolean equal = there == null ? value.isNull() : JsonValues.same(there, value);
        if (!equal) {
            throw PatchFailure.notApplicable("testing path " + show(path) + " failed");
        }
    }

    private JsonNode parent(String operation, List<String> path) throws PatchFailure {
        JsonNode parent = find(path.subList(0, path.size() - 1));
        if (parent == null) {
            throw missing(operation, path);
        }
        return parent;
    }

    private JsonNode require(String operation, List<String> path) throws PatchFailure {
        JsonNode there = find(path);
        if (there == null) {
            throw missing(operation, path);
        }
        return there;
    }

    private @Nullable JsonNode find(List<String> path) throws PatchFailure {
        JsonNode node = document;
        for (String name : path) {
            if (node instanceof ArrayNode array) {
                node = array.get(index(path, name, array.size()));
            } else {
                node = node.get(name);
            }
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    /** A negative one counts from the end, as in Kubernetes' JSON patches, though not in RFC 6902. */
    private static int index(List<String> path, String text, int limit) throws PatchFailure {
        boolean number = text.equals("0") || INDEX.matcher(text).matches();
        int index = number ? Integer.parseInt(text) : limit;
        int place = index < 0 ? index + limit : index;
        if (place < 0 || place >= limit) {
            throw PatchFailure.notApplicable("index \"" + text + "\" of " + show(path) + " is out of bounds");
        }
        return place;
    }

    private static PatchFailure missing(String operation, List<String> path) {
        return PatchFailure.notApplicable(
                operation + " operation does not apply: doc is missing path: \"" + show(path) + "\"");
    }

    private static String show(List<String> path) {
        StringBuilder text = new StringBuilder();
        path.forEach(name -> text.append('/').append(name.replace("~", "~0").replace("/", "~1")));
        return text.toString();
    }
}
