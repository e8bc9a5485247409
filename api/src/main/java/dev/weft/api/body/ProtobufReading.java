package dev.weft.api.body;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.weft.api.body.JsonReading.Malformed;
import io.kubernetes.client.proto.Runtime;
import java.io.IOException;

/**
 * Kubernetes' protobuf bodies: the four bytes {@code k8s\0}, then a {@code runtime.Unknown} that names the kind and holds
 * its message. Safe for many threads.
 *
 * <p>Nothing is parsed by the generated classes: those of the library stem from a generator whose parsers can be made to
 * waste memory (GHSA-h4h5-3hr4-j3g2). Only their descriptors are used.
 */
final class ProtobufReading {
    private static final int MAGIC_LENGTH = 4;
    private static final Descriptor ENVELOPE = Runtime.getDescriptor().findMessageTypeByName("Unknown");

    private final ProtobufKinds kinds = new ProtobufKinds();
    private final ProtobufJson json;

    ProtobufReading(JsonReading json) {
        this.json = new ProtobufJson(json);
    }

    ObjectNode read(byte[] body) throws Malformed {
        if (body.length < MAGIC_LENGTH || body[0] != 'k' || body[1] != '8' || body[2] != 's' || body[3] != 0) {
            throw new Malformed(
                    "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }
        try {
            ByteString whole = ByteString.copyFrom(body, MAGIC_LENGTH, body.length - MAGIC_LENGTH);
            ProtobufSize.check(ENVELOPE, whole);
            Message envelope = DynamicMessage.parseFrom(ENVELOPE, whole);
            Message named = (Message) field(envelope, "typeMeta");
            String apiVersion = String.valueOf(field(named, "apiVersion"));
            String kind = String.valueOf(field(named, "kind"));
            Descriptor type = kinds.find(apiVersion, kind);
            if (type == null) {
                throw new Malformed("no kind \"" + kind + "\" is registered for version \"" + apiVersion + "\"");
            }
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            object.put("kind", kind);
            object.put("apiVersion", apiVersion);
            ByteString raw = (ByteString) field(envelope, "raw");
            ProtobufSize.check(type, raw);
            object.setAll(json.object(DynamicMessage.parseFrom(type, raw)));
            return object;
        } catch (IOException e) {
            throw new Malformed("proto: " + JsonReading.firstLine(String.valueOf(e.getMessage())));
        }
    }

    private static Object field(Message message, String name) {
        return message.getField(message.getDescriptorForType().findFieldByName(name));
    }
}
