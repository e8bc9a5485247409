package dev.weft.proxy.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes single objects of a Kubernetes API, however it is reached: over HTTP, or handed over in memory by a
 * registry in the same process. Stages never fail: what goes wrong is an answer.
 */
public interface ResourceWriter {

    /**
     * One object.
     *
     * @param path of the object, e.g. {@code /apis/coordination.k8s.io/v1/namespaces/kube-system/leases/a}
     */
    CompletionStage<Answer> get(String path);

    /**
     * Makes a new object.
     *
     * @param path of the collection, e.g. {@code /apis/coordination.k8s.io/v1/namespaces/kube-system/leases}
     */
    CompletionStage<Answer> create(String path, JsonNode object);

    /** Replaces the object; the version in the body, where there is one, must be the present one. */
    CompletionStage<Answer> replace(String path, JsonNode object);

    /** Applies a JSON patch (RFC 6902). */
    CompletionStage<Answer> patch(String path, JsonNode operations);

    /** What became of a request. */
    enum Result {
        DONE,
        /** There is no such object. */
        MISSING,
        /** It is there already, or is no longer as the request supposes; read again. */
        CONFLICT,
        /** Who asks is not known, or lacks the right; the reason names the right where the server does. */
        FORBIDDEN,
        /** Refused for another reason, or nobody answers. */
        FAILED
    }

    /**
     * What is answered.
     *
     * @param object as it is now; null unless done
     * @param reason what went wrong; empty when done
     */
    record Answer(Result result, @Nullable JsonNode object, String reason) {}
}
