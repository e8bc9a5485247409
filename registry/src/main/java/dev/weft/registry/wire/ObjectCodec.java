package dev.weft.registry.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.wire.proto.ChangeMessage;
import dev.weft.registry.wire.proto.KeyMessage;
import dev.weft.registry.wire.proto.ObjectMessage;

/** Keys, objects and changes to Protobuf and back. */
final class ObjectCodec {
    private ObjectCodec() {}

    static KeyMessage key(ResourceKey key) {
        return KeyMessage.newBuilder()
                .setGroup(key.type().group())
                .setPlural(key.type().plural())
                .setNamespace(key.namespace())
                .setName(key.name())
                .build();
    }

    static ResourceKey key(KeyMessage message) {
        return new ResourceKey(
                new ResourceType(message.getGroup(), message.getPlural()), message.getNamespace(), message.getName());
    }

    static ByteString json(JsonBytes json) {
        return UnsafeByteOperations.unsafeWrap(json.buffer());
    }

    static JsonBytes json(ByteString bytes) {
        return JsonBytes.ofUtf8(bytes.toByteArray());
    }

    static ObjectMessage object(Resource object) {
        return ObjectMessage.newBuilder()
                .setKey(key(object.key()))
                .setUid(object.uid())
                .setVersion(object.version())
                .putAllLabels(object.labels())
                .setJson(json(object.json()))
                .build();
    }

    static Resource object(ObjectMessage message) {
        return new Resource(
                key(message.getKey()),
                message.getUid(),
                message.getVersion(),
                message.getLabelsMap(),
                json(message.getJson()));
    }

    static ChangeMessage change(Change change) {
        ChangeMessage.Builder message = ChangeMessage.newBuilder().setVersion(change.version());
        if (change.before() != null) {
            message.setBefore(object(change.before()));
        }
        if (change.after() != null) {
            message.setAfter(object(change.after()));
        }
        return message.build();
    }

    static Change change(ChangeMessage message) {
        return new Change(
                message.hasBefore() ? object(message.getBefore()) : null,
                message.hasAfter() ? object(message.getAfter()) : null,
                message.getVersion());
    }
}
