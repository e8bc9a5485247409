package dev.weft.api.body;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.body.JsonReading.Malformed;
import java.nio.charset.StandardCharsets;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
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
            return json.fromValue(yaml.load(new String(utf8, StandardCharsets.UTF_8)));
        } catch (YAMLException | IllegalArgumentException e) {
            throw new Malformed(JsonReading.firstLine(String.valueOf(e.getMessage())));
        }
    }

    /** Kubernetes' times are text; YAML 1.1 would turn them into dates. */
    private static final class TimesAreText extends Resolver {
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
