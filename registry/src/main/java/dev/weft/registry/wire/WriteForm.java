package dev.weft.registry.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.wire.proto.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Writes, claims and grants. */
final class WriteForm {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private WriteForm() {}

    static dev.weft.registry.wire.proto.Write write(Write write) {
        var built = dev.weft.registry.wire.proto.Write.newBuilder()
                .setKey(ResourceCodec.key(write.key()))
                .setOptions(Options.newBuilder()
                        .setDryRun(write.options().dryRun())
                        .setFieldManager(write.options().fieldManager())
                        .setFieldValidation(write.options().fieldValidation().name()));
        if (write instanceof Write.Create create) {
            built.getCreateBuilder().setObject(ResourceCodec.json(create.object()));
        } else if (write instanceof Write.Update update) {
            built.getUpdateBuilder()
                    .setSubresource(update.subresource())
                    .setObject(ResourceCodec.json(update.object()));
        } else if (write instanceof Write.Patch patch) {
            built.getPatchBuilder()
                    .setSubresource(patch.subresource())
                    .setType(patch.type().name())
                    .setBody(tree(patch.patch().json()))
                    .setForce(patch.patch().force())
                    .setPresence(patch.patch().presence().name());
        } else if (write instanceof Write.Delete delete) {
            var deletion = built.getDeleteBuilder();
            delete.deletion().uid().ifPresent(deletion::setUid);
            delete.deletion().version().ifPresent(deletion::setVersion);
            delete.deletion().propagation().ifPresent(p -> deletion.setPropagation(p.name()));
            delete.deletion().gracePeriodSeconds().ifPresent(deletion::setGracePeriodSeconds);
        }
        return built.build();
    }

    static Write write(dev.weft.registry.wire.proto.Write write) {
        ResourceKey key = ResourceCodec.key(write.getKey());
        Write.Options options = new Write.Options(
                write.getOptions().getDryRun(),
                write.getOptions().getFieldManager(),
                Write.FieldValidation.valueOf(write.getOptions().getFieldValidation()));
        return switch (write.getKindCase()) {
            case CREATE ->
                new Write.Create(key, ResourceCodec.json(write.getCreate().getObject()), options);
            case UPDATE ->
                new Write.Update(
                        key,
                        write.getUpdate().getSubresource(),
                        ResourceCodec.json(write.getUpdate().getObject()),
                        options);
            case PATCH ->
                new Write.Patch(
                        key,
                        write.getPatch().getSubresource(),
                        Write.PatchType.valueOf(write.getPatch().getType()),
                        new Write.PatchBody(
                                tree(write.getPatch().getBody()),
                                write.getPatch().getForce(),
                                presence(write.getPatch().getPresence())),
                        options);
            case DELETE -> new Write.Delete(key, deletion(write.getDelete()), options);
            case KIND_NOT_SET -> throw new IllegalArgumentException("a write of an unknown kind, to " + key);
        };
    }

    /** A node of an earlier release says nothing. */
    private static Write.Presence presence(String name) {
        return name.isEmpty() ? Write.Presence.ANY : Write.Presence.valueOf(name);
    }

    private static Write.Deletion deletion(dev.weft.registry.wire.proto.Write.Delete delete) {
        return new Write.Deletion(
                delete.hasUid() ? Optional.of(delete.getUid()) : Optional.empty(),
                delete.hasVersion() ? Optional.of(delete.getVersion()) : Optional.empty(),
                delete.hasPropagation()
                        ? Optional.of(Write.Propagation.valueOf(delete.getPropagation()))
                        : Optional.empty(),
                delete.hasGracePeriodSeconds() ? Optional.of(delete.getGracePeriodSeconds()) : Optional.empty());
    }

    static dev.weft.registry.wire.proto.Claim claim(Claim claim) {
        return dev.weft.registry.wire.proto.Claim.newBuilder()
                .setPool(claim.pool())
                .setWish(claim.wish())
                .setOwner(ResourceCodec.key(claim.owner()))
                .setField(claim.field())
                .build();
    }

    static Claim claim(dev.weft.registry.wire.proto.Claim claim) {
        return new Claim(claim.getPool(), claim.getWish(), ResourceCodec.key(claim.getOwner()), claim.getField());
    }

    static dev.weft.registry.wire.proto.Grant grant(Grant grant) {
        return dev.weft.registry.wire.proto.Grant.newBuilder()
                .setClaim(claim(grant.claim()))
                .setValue(grant.value())
                .build();
    }

    static Grant grant(dev.weft.registry.wire.proto.Grant grant) {
        return new Grant(claim(grant.getClaim()), grant.getValue());
    }

    static ByteString tree(JsonNode tree) {
        try {
            return ByteString.copyFrom(MAPPER.writeValueAsBytes(tree));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode tree(ByteString json) {
        try {
            return MAPPER.readTree(json.newInput());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
