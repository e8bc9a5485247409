package dev.weft.registry.wire;

import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.wire.proto.ClaimMessage;
import dev.weft.registry.wire.proto.FieldErrorMessage;
import dev.weft.registry.wire.proto.GrantMessage;
import dev.weft.registry.wire.proto.RefusalMessage;

/** Refusals, claims and grants to Protobuf and back. */
final class RefusalCodec {
    private RefusalCodec() {}

    static RefusalMessage refusal(Refusal refusal) {
        RefusalMessage.Builder message = RefusalMessage.newBuilder()
                .setReason(refusal.reason().name())
                .setMessage(refusal.message())
                .setKind(refusal.kind())
                .setRetryAfterSeconds(refusal.retryAfterSeconds());
        if (refusal.key() != null) {
            message.setKey(ObjectCodec.key(refusal.key()));
        }
        for (FieldError cause : refusal.causes()) {
            message.addCauses(FieldErrorMessage.newBuilder()
                    .setField(cause.field())
                    .setReason(cause.reason().name())
                    .setMessage(cause.message()));
        }
        return message.build();
    }

    static Refusal refusal(RefusalMessage message) {
        return new Refusal(
                Refusal.Reason.valueOf(message.getReason()),
                message.getMessage(),
                message.hasKey() ? ObjectCodec.key(message.getKey()) : null,
                message.getKind(),
                message.getCausesList().stream()
                        .map(cause -> new FieldError(
                                cause.getField(), FieldError.Reason.valueOf(cause.getReason()), cause.getMessage()))
                        .toList(),
                message.getRetryAfterSeconds());
    }

    static ClaimMessage claim(Claim claim) {
        return ClaimMessage.newBuilder()
                .setPool(claim.pool())
                .setWish(claim.wish())
                .setOwner(ObjectCodec.key(claim.owner()))
                .setField(claim.field())
                .build();
    }

    static Claim claim(ClaimMessage message) {
        return new Claim(message.getPool(), message.getWish(), ObjectCodec.key(message.getOwner()), message.getField());
    }

    static GrantMessage grant(Grant grant) {
        return GrantMessage.newBuilder()
                .setClaim(claim(grant.claim()))
                .setValue(grant.value())
                .build();
    }

    static Grant grant(GrantMessage message) {
        return new Grant(claim(message.getClaim()), message.getValue());
    }
}
