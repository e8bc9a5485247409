package dev.weft.api.representation;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.JsonBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** JSON told as YAML, in blocks, names in order: what {@code kubectl get -o yaml} looks like. */
public final class YamlText {
    private YamlText() {}

    /**
     * The same value as YAML.
     *
     * @param json one whole text
     */
    public static ByteString of(ByteString json) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        // A Yaml is not safe for many threads, so each text gets its own.
        return ByteString.fromString(
                new Yaml(options).dump(plain(JsonBytes.ofUtf8(json.toArray()).toTree())));
    }

    private static @Nullable Object plain(JsonNode node) {
        if (node.isObject()) {
            Map<String, @Nullable Object> map = new TreeMap<>();
            node.properties().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
            return map;
        }
        if (node.isArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            node.forEach(item -> list.add(plain(item)));
            return list;
        }
        return switch (node.getNodeType()) {
            case NUMBER -> node.numberValue();
            case BOOLEAN -> node.booleanValue();
            case NULL, MISSING -> null;
            default -> node.asText();
        };
    }
}
