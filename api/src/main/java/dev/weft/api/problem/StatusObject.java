package dev.weft.api.problem;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Refusal.Reason;
import dev.weft.registry.resource.ResourceKey;

/** Kubernetes' {@code Status}: what a request came to, where the answer is not an object. */
public final class StatusObject {
    private StatusObject() {}

    /** A failure, in the words of the refusal. */
    public static ObjectNode failure(Refusal refusal) {
        ObjectNode status = start("Failure");
        status.put("message", refusal.message());
        status.put("reason", refusal.reason().name());
        ObjectNode details = details(refusal);
        if (!details.isEmpty() || alwaysDetailed(refusal.reason())) {
            status.set("details", details);
        }
        status.put("code", refusal.reason().httpStatus());
        return status;
    }

    /** An object was removed, and nothing of it is left to show. */
    public static ObjectNode deleted(ResourceKey key, String uid) {
        ObjectNode status = start("Success");
        ObjectNode details = status.putObject("details");
        putName(details, key);
        details.put("kind", key.type().plural());
        details.put("uid", uid);
        return status;
    }

    /** It was done, and there is no object to show for it. */
    public static ObjectNode success(int code) {
        return start("Success").put("code", code);
    }

    private static ObjectNode start(String outcome) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", outcome);
        return status;
    }

    private static ObjectNode details(Refusal refusal) {
        ObjectNode details = JsonNodeFactory.instance.objectNode();
        ResourceKey key = refusal.key();
        if (key != null) {
            putName(details, key);
            // An invalid object is named by its kind, everything else by its resource: so does Kubernetes.
            boolean byKind =
                    refusal.reason() == Reason.Invalid && !refusal.kind().isEmpty();
            details.put("kind", byKind ? refusal.kind() : key.type().plural());
        }
        if (!refusal.causes().isEmpty()) {
            ArrayNode causes = details.putArray("causes");
            refusal.causes().forEach(cause -> causes.add(cause(cause)));
        }
        if (refusal.retryAfterSeconds() > 0) {
            details.put("retryAfterSeconds", refusal.retryAfterSeconds());
        }
        return details;
    }

    private static void putName(ObjectNode details, ResourceKey key) {
        if (!key.name().isEmpty()) {
            details.put("name", key.name());
        }
        if (!key.type().group().isEmpty()) {
            details.put("group", key.type().group());
        }
    }

    private static ObjectNode cause(FieldError error) {
        ObjectNode cause = JsonNodeFactory.instance.objectNode();
        cause.put("reason", error.reason().name());
        cause.put("message", error.message());
        if (!error.field().isEmpty()) {
            cause.put("field", error.field());
        }
        return cause;
    }

    private static boolean alwaysDetailed(Reason reason) {
        return reason == Reason.NotFound
                || reason == Reason.MethodNotAllowed
                || reason == Reason.Invalid
                || reason == Reason.Forbidden;
    }
}
