package dev.weft.api.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.body.JsonReading.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** YAML of plain values, one document, read with bounds. */
final class YamlReading {
    /** References multiply: ten of them can make a document 36 times as large, and no more. */
    private static final int MAX_ALIASES = 10;

    private static final int MAX_DEPTH = 100;

    private final JsonReading json;

    YamlReading(JsonReading json) {
        this.json = json;
    }

    JsonNode read(byte[] utf8) throws Malformed {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setAllowDuplicateKeys(false);
        options.setAllowRecursiveKeys(false);
        // The size is bounded before, in bytes.
        options.setCodePointLimit(Integer.MAX_VALUE);
        DumperOptions dumper = new DumperOptions();
        // A Yaml is not safe for many threads, so each document gets its own.
        Yaml yaml =
                new Yaml(new SafeConstructor(options), new Representer(dumper), dumper, options, new TimesAreText());
        try {
            return new Unfolding(json, utf8.length).tree(yaml.load(new String(utf8, StandardCharsets.UTF_8)), 0);
        } catch (YAMLException | IllegalArgumentException e) {
            throw new Malformed(JsonReading.firstLine(String.valueOf(e.getMessage())));
        }
    }

    /** Makes a tree of loaded values, in which references may have made circles and may multiply what they refer to. */
    private static final class Unfolding {
        /** How many times as large as the text the tree may be, and what it may be in any case, in characters. */
        private static final int MAX_GROWTH = 8;

        private static final int FREE_CHARACTERS = 4 * 1024;

        private final JsonReading json;
        private long left;

        private Unfolding(JsonReading json, int bytes) {
            this.json = json;
            this.left = FREE_CHARACTERS + (long) MAX_GROWTH * bytes;
        }

        private JsonNode tree(@Nullable Object value, int depth) throws Malformed {
            if (depth > MAX_DEPTH) {
                throw new Malformed("it is nested deeper than " + MAX_DEPTH + " levels");
            }
            if (value instanceof Map<?, ?> map) {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    String name = String.valueOf(entry.getKey());
                    take(name.length());
                    object.set(name, tree(entry.getValue(), depth + 1));
                }
                return object;
            }
            if (value instanceof Collection<?> all) {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                for (Object item : all) {
                    array.add(tree(item, depth + 1));
                }
                return array;
            }
            if (value instanceof String text) {
                take(text.length());
                return JsonNodeFactory.instance.textNode(text);
            }
            take(1);
            return value == null ? JsonNodeFactory.instance.nullNode() : json.fromValue(value);
        }

        private void take(int characters) throws Malformed {
            left -= characters + 1L;
            if (left < 0) {
                throw new Malformed("its references make it more than " + MAX_GROWTH + " times as large");
            }
        }
    }

    /** Kubernetes' times are text; YAML 1.1 would turn them into dates. */
    private static final class TimesAreText extends Resolver {
        /** Characters; reading a longer one costs the square of its length. */
        private static final int LONGEST_NUMBER = 400;

        @Override
        public Tag resolve(NodeId kind, @Nullable String value, boolean implicit) {
            boolean tooLong = kind == NodeId.scalar && value != null && value.length() > LONGEST_NUMBER;
            return tooLong ? Tag.STR : super.resolve(kind, value, implicit);
        }

        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.BOOL, BOOL, "yYnNtTfFoO");
            addImplicitResolver(Tag.INT, INT, "-+0123456789");
            addImplicitResolver(Tag.FLOAT, FLOAT, "-+0123456789.");
            addImplicitResolver(Tag.MERGE, MERGE, "<");
            addImplicitResolver(Tag.NULL, NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
        }
    }
}
