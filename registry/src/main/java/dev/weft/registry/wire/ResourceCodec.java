package dev.weft.registry.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.wire.proto.FeedCommitted;
import dev.weft.registry.wire.proto.Key;
import dev.weft.registry.wire.proto.StoredObject;
import java.util.HashMap;
import java.util.Map;

/** Objects, keys and refusals. */
final class ResourceCodec {
    private ResourceCodec() {}

    static Key key(ResourceKey key) {
        return Key.newBuilder()
                .setGroup(key.type().group())
                .setPlural(key.type().plural())
                .setNamespace(key.namespace())
                .setName(key.name())
                .build();
    }

    static ResourceKey key(Key key) {
        return key(key.getGroup(), key.getPlural(), key.getNamespace(), key.getName());
    }

    static StoredObject object(Resource object) {
        ResourceKey key = object.key();
        return StoredObject.newBuilder()
                .setGroup(key.type().group())
                .setPlural(key.type().plural())
                .setNamespace(key.namespace())
                .setName(key.name())
                .setVersion(object.version())
                .setUid(object.uid())
                .putAllLabels(object.labels())
                .setJson(json(object.json()))
                .build();
    }

    static Resource object(StoredObject object) {
        return new Resource(
                key(object.getGroup(), object.getPlural(), object.getNamespace(), object.getName()),
                object.getUid(),
                object.getVersion(),
                labels(object.getLabelsMap()),
                json(object.getJson()));
    }

    /** What many objects say alike is kept once: of a hundred thousand, each would have its own otherwise. */
    private static ResourceKey key(String group, String plural, String namespace, String name) {
        return new ResourceKey(new ResourceType(group.intern(), plural.intern()), namespace.intern(), name);
    }

    private static Map<String, String> labels(Map<String, String> read) {
        Map<String, String> labels = new HashMap<>();
        read.forEach((label, value) -> labels.put(label.intern(), value.intern()));
        return labels;
    }

    static ByteString json(JsonBytes json) {
        return json.lend(UnsafeByteOperations::unsafeWrap);
    }

    static JsonBytes json(ByteString json) {
        return JsonBytes.adopt(json.toByteArray());
    }

    static FeedCommitted.Change change(Change change) {
        FeedCommitted.Change.Builder built = FeedCommitted.Change.newBuilder().setVersion(change.version());
        Resource before = change.before();
        Resource after = change.after();
        if (before != null) {
            built.setBefore(object(before));
        }
        if (after != null) {
            built.setAfter(object(after));
        }
        return built.build();
    }

    static Change change(FeedCommitted.Change change) {
        return new Change(
                change.hasBefore() ? object(change.getBefore()) : null,
                change.hasAfter() ? object(change.getAfter()) : null,
                change.getVersion());
    }

    static dev.weft.registry.wire.proto.Refusal refusal(Refusal refusal) {
        var built = dev.weft.registry.wire.proto.Refusal.newBuilder()
                .setReason(refusal.reason().name())
                .setMessage(refusal.message())
                .setKind(refusal.kind())
                .setRetryAfterSeconds(refusal.retryAfterSeconds());
        ResourceKey key = refusal.key();
        if (key != null) {
            built.setKey(key(key));
        }
        for (FieldError cause : refusal.causes()) {
            built.addCausesBuilder()
                    .setField(cause.field())
                    .setReason(cause.reason().name())
                    .setMessage(cause.message());
        }
        return built.build();
    }

    static Refusal refusal(dev.weft.registry.wire.proto.Refusal refusal) {
        return new Refusal(
                Refusal.Reason.valueOf(refusal.getReason()),
                refusal.getMessage(),
                refusal.hasKey() ? key(refusal.getKey()) : null,
                refusal.getKind(),
                refusal.getCausesList().stream()
                        .map(cause -> new FieldError(
                                cause.getField(), FieldError.Reason.valueOf(cause.getReason()), cause.getMessage()))
                        .toList(),
                refusal.getRetryAfterSeconds());
    }
}
