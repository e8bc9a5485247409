package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.patch.JsonPatch;
import dev.weft.registry.resource.patch.MergePatch;
import dev.weft.registry.resource.patch.PatchFailure;
import dev.weft.registry.resource.patch.StrategicMergePatch;

/** Chooses the patch format and words its failures as Kubernetes does. */
final class Patching {
    private Patching() {}

    /** The patched tree; the base is used up. */
    static Parsed<JsonNode> apply(ResourceKind kind, ObjectNode base, Write.Patch write) {
        JsonNode patch = write.patch().json();
        try {
            return switch (write.type()) {
                case JSON_PATCH -> Parsed.valid(JsonPatch.apply(base, patch));
                case MERGE_PATCH -> Parsed.valid(MergePatch.apply(base, object(patch)));
                case STRATEGIC_MERGE_PATCH -> strategic(kind, base, patch);
                case SERVER_SIDE_APPLY ->
                    throw new IllegalArgumentException("an apply is more than a patch: " + write.key());
            };
        } catch (PatchFailure failure) {
            return Parsed.invalid(refusal(failure));
        }
    }

    private static Parsed<JsonNode> strategic(ResourceKind kind, ObjectNode base, JsonNode patch) throws PatchFailure {
        if (kind.custom()) {
            return Parsed.invalid(new Refusal(
                    Refusal.Reason.UnsupportedMediaType,
                    "the body of the request was in an unknown format - accepted media types include:"
                            + " application/json-patch+json, application/merge-patch+json",
                    null,
                    "",
                    java.util.List.of(),
                    0));
        }
        return Parsed.valid(StrategicMergePatch.apply(kind.kind(), base, object(patch)));
    }

    private static ObjectNode object(JsonNode patch) throws PatchFailure {
        if (patch instanceof ObjectNode object) {
            return object;
        }
        throw PatchFailure.malformed("cannot unmarshal a patch that is no object: " + patch.getNodeType());
    }

    private static Refusal refusal(PatchFailure failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure.cause()) {
            case MALFORMED -> Refusal.badRequest("error decoding patch: " + message);
            case BAD_DIRECTIVE -> Refusal.badRequest(message);
            case TOO_LARGE ->
                new Refusal(
                        Refusal.Reason.RequestEntityTooLarge,
                        "Request entity too large: " + message,
                        null,
                        "",
                        java.util.List.of(),
                        0);
            case NOT_APPLICABLE ->
                // Kubernetes tells no more than this, and kubectl shows it only where no object is named.
                new Refusal(
                        Refusal.Reason.Invalid,
                        "the server rejected our request due to an error in our request",
                        null,
                        "",
                        java.util.List.of(),
                        0);
        };
    }
}
