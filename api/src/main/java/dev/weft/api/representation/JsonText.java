package dev.weft.api.representation;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.JsonBytes;

/** JSON trees as bytes to send. */
public final class JsonText {
    private JsonText() {}

    /** A tree, written compactly. */
    public static ByteString of(JsonNode tree) {
        return of(JsonBytes.of(tree));
    }

    /** Bytes that are JSON already. */
    public static ByteString of(JsonBytes json) {
        return json.lend(ByteString::fromArrayUnsafe);
    }

    static ObjectNode object(String kind, String apiVersion) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("kind", kind);
        object.put("apiVersion", apiVersion);
        return object;
    }

    /** A tree whose last field is an empty array, cut open in that array. */
    static Representation.Pieces open(
            ObjectNode withoutArray, String array, java.util.List<? extends Representation.ItemPiece> items) {
        String text = JsonBytes.of(withoutArray).toString();
        String head = text.substring(0, text.length() - 1) + ",\"" + array + "\":[";
        return new Representation.Pieces(ByteString.fromString(head), items, ByteString.fromString("]}"));
    }
}
