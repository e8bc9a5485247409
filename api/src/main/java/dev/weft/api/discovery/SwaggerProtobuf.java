package dev.weft.api.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BiConsumer;

/**
 * An OpenAPI v2 document in the binary form that kubectl asks for: the messages of {@code openapi.v2}, as far as such a document
 * needs them. Pure.
 *
 * <p>Source of the field numbers: gnostic's OpenAPIv2.proto. Extensions are texts of YAML there, of which JSON is a part.
 */
final class SwaggerProtobuf {
    private SwaggerProtobuf() {}

    static byte[] document(JsonNode document) {
        Message info = new Message().text(1, document.at("/info/title")).text(2, document.at("/info/version"));
        return new Message()
                .text(1, document.path("swagger"))
                .message(2, info)
                .message(8, named(2, document.path("paths"), SwaggerProtobuf::item))
                .message(9, named(1, document.path("definitions"), SwaggerProtobuf::schema))
                .bytes();
    }

    /** A map as a message whose field repeats pairs of name (1) and value (2). */
    private static Message named(int field, JsonNode map, BiConsumer<Message, JsonNode> value) {
        Message message = new Message();
        map.properties().forEach(entry -> message.message(field, pair(entry.getKey(), of(entry.getValue(), value))));
        return message;
    }

    private static Message pair(String name, Message value) {
        return new Message().text(1, name).message(2, value);
    }

    private static Message of(JsonNode node, BiConsumer<Message, JsonNode> writing) {
        Message message = new Message();
        writing.accept(message, node);
        return message;
    }

    private static void item(Message item, JsonNode node) {
        String[] verbs = {"get", "put", "post", "delete"};
        for (int i = 0; i < verbs.length; i++) {
            if (node.has(verbs[i])) {
                item.message(2 + i, of(node.path(verbs[i]), SwaggerProtobuf::operation));
            }
        }
        if (node.has("patch")) {
            item.message(8, of(node.path("patch"), SwaggerProtobuf::operation));
        }
        node.path("parameters").forEach(each -> item.message(9, of(each, SwaggerProtobuf::parameter)));
    }

    private static void operation(Message operation, JsonNode node) {
        operation.text(5, node.path("operationId"));
        node.path("produces").forEach(type -> operation.text(6, type));
        node.path("consumes").forEach(type -> operation.text(7, type));
        node.path("parameters").forEach(each -> operation.message(8, of(each, SwaggerProtobuf::parameter)));
        Message responses = new Message();
        node.path("responses").properties().forEach(entry -> {
            Message response = new Message().text(1, entry.getValue().path("description"));
            if (entry.getValue().has("schema")) {
                Message schema = of(entry.getValue().path("schema"), SwaggerProtobuf::schema);
                response.message(2, new Message().message(1, schema));
            }
            responses.message(1, pair(entry.getKey(), new Message().message(1, response)));
        });
        operation.message(9, responses);
        extensions(operation, 13, node);
    }

    /** An item of a list of parameters: one of the kinds of parameter, each of which has numbers of its own. */
    private static void parameter(Message item, JsonNode node) {
        String place = node.path("in").asText();
        Message parameter = new Message();
        if (place.equals("body")) {
            parameter
                    .text(2, node.path("name"))
                    .text(3, place)
                    .flag(4, node.path("required"))
                    .message(5, of(node.path("schema"), SwaggerProtobuf::schema));
            item.message(1, new Message().message(1, parameter));
            return;
        }
        parameter
                .flag(1, node.path("required"))
                .text(2, place)
                .text(3, node.path("description"))
                .text(4, node.path("name"));
        boolean query = place.equals("query");
        parameter.text(query ? 6 : 5, node.path("type"));
        if (query) {
            parameter.flag(21, node.path("uniqueItems"));
        }
        Message sub = new Message().message(query ? 3 : 4, parameter);
        item.message(1, new Message().message(2, sub));
    }

    private static void schema(Message schema, JsonNode node) {
        schema.text(1, node.path("$ref")).text(2, node.path("format")).text(4, node.path("description"));
        node.path("required").forEach(field -> schema.text(19, field));
        if (node.has("additionalProperties")) {
            Message values = of(node.path("additionalProperties"), SwaggerProtobuf::schema);
            schema.message(21, new Message().message(1, values));
        }
        if (node.has("type")) {
            schema.message(22, new Message().text(1, node.path("type")));
        }
        if (node.has("items")) {
            Message items = of(node.path("items"), SwaggerProtobuf::schema);
            schema.message(23, new Message().message(1, items));
        }
        if (node.has("properties")) {
            schema.message(25, named(1, node.path("properties"), SwaggerProtobuf::schema));
        }
        extensions(schema, 31, node);
    }

    private static void extensions(Message message, int field, JsonNode node) {
        node.properties().forEach(entry -> {
            if (entry.getKey().startsWith("x-")) {
                Message yaml = new Message().text(2, entry.getValue().toString());
                message.message(field, pair(entry.getKey(), yaml));
            }
        });
    }

    /** One message, being written. Absent texts and false flags are left out, as proto3 has it. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CodedOutputStream out = CodedOutputStream.newInstance(bytes, 64);

        private Message text(int field, JsonNode text) {
            return text.isTextual() ? text(field, text.asText()) : this;
        }

        private Message text(int field, String text) {
            return write(() -> out.writeString(field, text));
        }

        private Message flag(int field, JsonNode flag) {
            return flag.asBoolean() ? write(() -> out.writeBool(field, true)) : this;
        }

        private Message message(int field, Message message) {
            byte[] inner = message.bytes();
            return write(() -> out.writeByteArray(field, inner));
        }

        private byte[] bytes() {
            write(out::flush);
            return bytes.toByteArray();
        }

        private Message write(Writing writing) {
            try {
                writing.write();
            } catch (IOException e) {
                throw new UncheckedIOException("writing to memory", e);
            }
            return this;
        }

        private interface Writing {
            void write() throws IOException;
        }
    }
}
