package dev.weft.api.body;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.JsonBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A YAML document, read.
 *
 * @param tree its value, in which of a name that stands twice the last counts
 * @param repeated what the others of such a name were, by the very objects of the tree
 */
record YamlDocument(JsonNode tree, IdentityHashMap<ObjectNode, List<Map.Entry<String, JsonNode>>> repeated) {
    private static final JsonMapper MAPPER =
            JsonMapper.builder(new JsonFactory()).build();

    boolean repeats() {
        return !repeated.isEmpty();
    }

    /** The tree as it is by now, as JSON in which repeated names stand as often as in the YAML, so that they are found there. */
    JsonBytes json() {
        if (!repeats()) {
            return JsonBytes.of(tree);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = MAPPER.createGenerator(bytes)) {
            write(tree, json);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return JsonBytes.ofUtf8(bytes.toByteArray());
    }

    private void write(JsonNode node, JsonGenerator json) throws IOException {
        if (node instanceof ObjectNode object) {
            json.writeStartObject();
            for (Map.Entry<String, JsonNode> entry : repeated.getOrDefault(object, List.of())) {
                json.writeFieldName(entry.getKey());
                write(entry.getValue(), json);
            }
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                json.writeFieldName(entry.getKey());
                write(entry.getValue(), json);
            }
            json.writeEndObject();
        } else if (node.isArray()) {
            json.writeStartArray();
            for (JsonNode item : node) {
                write(item, json);
            }
            json.writeEndArray();
        } else {
            json.writeTree(node);
        }
    }
}
