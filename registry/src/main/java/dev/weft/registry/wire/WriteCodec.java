package dev.weft.registry.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.wire.proto.CreateMessage;
import dev.weft.registry.wire.proto.DeleteMessage;
import dev.weft.registry.wire.proto.OptionsMessage;
import dev.weft.registry.wire.proto.OutcomeMessage;
import dev.weft.registry.wire.proto.PatchMessage;
import dev.weft.registry.wire.proto.UpdateMessage;
import dev.weft.registry.wire.proto.WriteMessage;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Clients' writes and what became of them, to Protobuf and back. */
final class WriteCodec {
    private static final ObjectMapper JSON = new ObjectMapper();

    private WriteCodec() {}

    static WriteMessage write(Write write) {
        WriteMessage.Builder message =
                WriteMessage.newBuilder().setKey(ObjectCodec.key(write.key())).setOptions(options(write.options()));
        if (write instanceof Write.Create create) {
            message.setCreate(CreateMessage.newBuilder().setObject(ObjectCodec.json(create.object())));
        } else if (write instanceof Write.Update update) {
            message.setUpdate(UpdateMessage.newBuilder()
                    .setSubresource(update.subresource())
                    .setObject(ObjectCodec.json(update.object())));
        } else if (write instanceof Write.Patch patch) {
            message.setPatch(PatchMessage.newBuilder()
                    .setSubresource(patch.subresource())
                    .setType(patch.type().name())
                    .setBody(body(patch.patch().json()))
                    .setForce(patch.patch().force()));
        } else if (write instanceof Write.Delete delete) {
            message.setDelete(deletion(delete.deletion()));
        }
        return message.build();
    }

    static Write write(WriteMessage message) throws NotSerializableException {
        ResourceKey key = ObjectCodec.key(message.getKey());
        Write.Options options = options(message.getOptions());
        return switch (message.getActionCase()) {
            case CREATE ->
                new Write.Create(key, ObjectCodec.json(message.getCreate().getObject()), options);
            case UPDATE ->
                new Write.Update(
                        key,
                        message.getUpdate().getSubresource(),
                        ObjectCodec.json(message.getUpdate().getObject()),
                        options);
            case PATCH -> {
                PatchMessage patch = message.getPatch();
                yield new Write.Patch(
                        key,
                        patch.getSubresource(),
                        Write.PatchType.valueOf(patch.getType()),
                        new Write.PatchBody(body(patch.getBody()), patch.getForce()),
                        options);
            }
            case DELETE -> new Write.Delete(key, deletion(message.getDelete()), options);
            case ACTION_NOT_SET ->
                throw new NotSerializableException(
                        "a write of " + key + " by a newer release: it says an action that this one does not know");
        };
    }

    static OutcomeMessage outcome(Write.Outcome outcome) {
        OutcomeMessage.Builder message = OutcomeMessage.newBuilder();
        if (outcome instanceof Write.Outcome.Done done) {
            message.setObject(ObjectCodec.object(done.object()))
                    .setEffect(done.effect().name());
            if (done.warning() != null) {
                message.setWarning(done.warning());
            }
        } else if (outcome instanceof Write.Outcome.Refused refused) {
            message.setRefusal(RefusalCodec.refusal(refused.refusal()));
        }
        return message.build();
    }

    static Write.Outcome outcome(OutcomeMessage message) {
        if (message.hasRefusal()) {
            return new Write.Outcome.Refused(RefusalCodec.refusal(message.getRefusal()));
        }
        return new Write.Outcome.Done(
                ObjectCodec.object(message.getObject()),
                Write.Effect.valueOf(message.getEffect()),
                message.hasWarning() ? message.getWarning() : null);
    }

    private static OptionsMessage options(Write.Options options) {
        return OptionsMessage.newBuilder()
                .setDryRun(options.dryRun())
                .setFieldManager(options.fieldManager())
                .setFieldValidation(options.fieldValidation().name())
                .build();
    }

    private static Write.Options options(OptionsMessage message) {
        return new Write.Options(
                message.getDryRun(),
                message.getFieldManager(),
                Write.FieldValidation.valueOf(message.getFieldValidation()));
    }

    private static DeleteMessage deletion(Write.Deletion deletion) {
        DeleteMessage.Builder message = DeleteMessage.newBuilder();
        deletion.uid().ifPresent(message::setUid);
        deletion.version().ifPresent(message::setVersion);
        deletion.propagation().map(Enum::name).ifPresent(message::setPropagation);
        deletion.gracePeriodSeconds().ifPresent(message::setGracePeriodSeconds);
        return message.build();
    }

    private static Write.Deletion deletion(DeleteMessage message) {
        return new Write.Deletion(
                message.hasUid() ? Optional.of(message.getUid()) : Optional.empty(),
                message.hasVersion() ? Optional.of(message.getVersion()) : Optional.empty(),
                message.hasPropagation()
                        ? Optional.of(Write.Propagation.valueOf(message.getPropagation()))
                        : Optional.empty(),
                message.hasGracePeriodSeconds() ? Optional.of(message.getGracePeriodSeconds()) : Optional.empty());
    }

    private static ByteString body(JsonNode json) {
        try {
            return UnsafeByteOperations.unsafeWrap(JSON.writeValueAsBytes(json));
        } catch (IOException e) {
            throw new UncheckedIOException("a patch body that cannot be written", e);
        }
    }

    private static JsonNode body(ByteString bytes) throws NotSerializableException {
        try {
            return JSON.readTree(bytes.newInput());
        } catch (IOException e) {
            throw new NotSerializableException("a patch body that is not JSON: " + e.getMessage());
        }
    }
}
