package dev.weft.api.body;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.weft.api.body.JsonReading.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.comments.CommentLine;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
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

    /** One in which of a name that stands twice the last counts. */
    YamlDocument document(byte[] utf8) throws Malformed {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setNestingDepthLimit(MAX_DEPTH);
        // The size is bounded before, in bytes.
        options.setCodePointLimit(Integer.MAX_VALUE);
        try {
            TextReader text = new TextReader(new String(utf8, StandardCharsets.UTF_8));
            Node root = new Counting(
                            new ParserImpl(text, options),
                            new TimesAreText(),
                            options,
                            new ValueBudget(utf8.length, ValueBudget.YAML))
                    .getSingleNode();
            return root == null
                    ? new YamlDocument(NullNode.getInstance(), new IdentityHashMap<>())
                    : new YamlTree(json, options, utf8.length).of(root);
        } catch (YAMLException | IllegalArgumentException e) {
            throw new Malformed(JsonReading.firstLine(String.valueOf(e.getMessage())));
        }
    }

    /** Counts values as they are read; the names of a map's entries are none. */
    private static final class Counting extends Composer {
        private final ValueBudget budget;
        private boolean naming;

        Counting(Parser parser, Resolver resolver, LoaderOptions options, ValueBudget budget) {
            super(parser, resolver, options);
            this.budget = budget;
        }

        @Override
        protected Node composeKeyNode(MappingNode in) {
            naming = true;
            return super.composeKeyNode(in);
        }

        @Override
        protected Node composeScalarNode(@Nullable String anchor, @Nullable List<CommentLine> comments) {
            count();
            return super.composeScalarNode(anchor, comments);
        }

        @Override
        protected Node composeSequenceNode(@Nullable String anchor) {
            count();
            return super.composeSequenceNode(anchor);
        }

        @Override
        protected Node composeMappingNode(@Nullable String anchor) {
            count();
            return super.composeMappingNode(anchor);
        }

        private void count() {
            if (naming) {
                naming = false;
                return;
            }
            try {
                budget.take();
            } catch (Malformed e) {
                throw new YAMLException(e.reason());
            }
        }
    }

    /** Kubernetes' times are text; YAML 1.1 would turn them into dates. */
    private static final class TimesAreText extends Resolver {
        /** Characters; reading a longer one costs the square of its length. */
        private static final int LONGEST_NUMBER = 400;

        /** What truths, numbers, nothing and the sign of a merge begin with. */
        private static final String NO_TEXT = "yYnNtTfFoO-+0123456789.<~";

        @Override
        public Tag resolve(NodeId kind, @Nullable String value, boolean implicit) {
            if (kind == NodeId.scalar && value != null && implicit && !value.isEmpty()) {
                // Whatever begins with another letter is text, and needs no expression to tell so.
                boolean text = value.length() > LONGEST_NUMBER || NO_TEXT.indexOf(value.charAt(0)) < 0;
                return text ? Tag.STR : super.resolve(kind, value, true);
            }
            return super.resolve(kind, value, implicit);
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
