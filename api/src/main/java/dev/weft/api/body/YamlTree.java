package dev.weft.api.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.body.JsonReading.Malformed;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Makes JSON of one YAML document, in which references may have made circles and may multiply what they refer to. Not safe for
 * many threads: one for each document.
 */
final class YamlTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MAX_DEPTH = 100;

    /** How many times as large as the text the tree may be, and what it may be in any case, in characters. */
    private static final int MAX_GROWTH = 8;

    private static final int FREE_CHARACTERS = 4 * 1024;

    private static final Set<Tag> COLLECTIONS = Set.of(Tag.MAP, Tag.SEQ, Tag.SET, Tag.OMAP, Tag.PAIRS);
    private static final Set<Tag> SCALARS = Set.of(Tag.BOOL, Tag.INT, Tag.FLOAT, Tag.BINARY, Tag.TIMESTAMP);

    private final JsonReading json;
    private final Scalars scalars;
    private final ValueBudget budget;
    private final IdentityHashMap<ObjectNode, List<Map.Entry<String, JsonNode>>> repeated = new IdentityHashMap<>();
    private long left;

    /** @param bytes of the text */
    YamlTree(JsonReading json, LoaderOptions options, int bytes) {
        this.json = json;
        this.scalars = new Scalars(options);
        this.budget = new ValueBudget(bytes, ValueBudget.YAML);
        this.left = FREE_CHARACTERS + (long) MAX_GROWTH * bytes;
    }

    /** The value of a document. */
    YamlDocument of(Node root) throws Malformed {
        return new YamlDocument(value(root, 0), repeated);
    }

    private JsonNode value(Node node, int depth) throws Malformed {
        if (depth > MAX_DEPTH) {
            throw new Malformed("it is nested deeper than " + MAX_DEPTH + " levels");
        }
        budget.take();
        if (node instanceof ScalarNode scalar) {
            return scalar(scalar);
        }
        if (!COLLECTIONS.contains(node.getTag())) {
            throw unknown(node);
        }
        if (node instanceof MappingNode mapping) {
            ObjectNode object = NODES.objectNode();
            entries(mapping, object, depth);
            return object;
        }
        ArrayNode array = NODES.arrayNode();
        for (Node item : ((SequenceNode) node).getValue()) {
            array.add(value(item, depth + 1));
        }
        return array;
    }

    private void entries(MappingNode mapping, ObjectNode object, int depth) throws Malformed {
        for (NodeTuple entry : mapping.getValue()) {
            if (!entry.getKeyNode().getTag().equals(Tag.MERGE)) {
                String name = name(entry.getKeyNode());
                take(name.length());
                JsonNode earlier = object.get(name);
                if (earlier != null) {
                    repeated.computeIfAbsent(object, any -> new ArrayList<>()).add(Map.entry(name, earlier));
                }
                object.set(name, value(entry.getValueNode(), depth + 1));
            }
        }
        for (NodeTuple entry : mapping.getValue()) {
            if (entry.getKeyNode().getTag().equals(Tag.MERGE)) {
                merge(entry.getValueNode(), object, depth + 1);
            }
        }
    }

    /** What stands in the map itself counts more than what is merged into it, and of that the first. */
    private void merge(Node from, ObjectNode object, int depth) throws Malformed {
        List<Node> maps = from instanceof SequenceNode several ? several.getValue() : List.of(from);
        for (Node map : maps) {
            if (!(map instanceof MappingNode) || !(value(map, depth) instanceof ObjectNode merged)) {
                throw new Malformed("expected a mapping or list of mappings for merging");
            }
            merged.properties().forEach(entry -> {
                if (!object.has(entry.getKey())) {
                    object.set(entry.getKey(), entry.getValue());
                }
            });
        }
    }

    private String name(Node key) throws Malformed {
        if (!(key instanceof ScalarNode scalar)) {
            throw new Malformed("the name of a field is no scalar");
        }
        return scalar.getTag().equals(Tag.STR)
                ? scalar.getValue()
                : scalar(scalar).asText();
    }

    private JsonNode scalar(ScalarNode node) throws Malformed {
        Tag tag = node.getTag();
        if (tag.equals(Tag.STR) || tag.equals(Tag.MERGE)) {
            take(node.getValue().length());
            return NODES.textNode(node.getValue());
        }
        take(1);
        if (tag.equals(Tag.NULL)) {
            return NODES.nullNode();
        }
        if (!SCALARS.contains(tag)) {
            throw unknown(node);
        }
        return json.fromValue(scalars.constructObject(node));
    }

    private static Malformed unknown(Node node) {
        return new Malformed("could not determine a constructor for the tag " + node.getTag());
    }

    private void take(int characters) throws Malformed {
        left -= characters + 1L;
        if (left < 0) {
            throw new Malformed("its references make it more than " + MAX_GROWTH + " times as large");
        }
    }

    /** Reads numbers, truths and bytes as YAML 1.1 writes them. */
    private static final class Scalars extends SafeConstructor {
        Scalars(LoaderOptions options) {
            super(options);
        }

        @Override
        protected Object constructObject(Node node) {
            return constructObjectNoCheck(node);
        }
    }
}
