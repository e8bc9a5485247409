package dev.weft.api.problem;

import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Refusal.Reason;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.List;

/** The refusals that the HTTP side gives by itself, in Kubernetes' words. */
public final class Refusals {
    private Refusals() {}

    /** No such resource is served. */
    public static Refusal noSuchResource() {
        return plain(Reason.NotFound, "the server could not find the requested resource");
    }

    /** Nobody knows who asks. */
    public static Refusal unauthorized() {
        return plain(Reason.Unauthorized, "Unauthorized");
    }

    /** Something must come up first; trying again helps. */
    public static Refusal notReady(String what) {
        return new Refusal(
                Reason.ServiceUnavailable,
                "the server is currently unable to handle the request: " + what,
                null,
                "",
                List.of(),
                1);
    }

    /** The resource is there, the verb is not. */
    public static Refusal methodNotAllowed() {
        return plain(Reason.MethodNotAllowed, "the server does not allow this method on the requested resource");
    }

    /** Nothing that the client accepts can be made. */
    public static Refusal notAcceptable(List<String> offered) {
        return plain(
                Reason.NotAcceptable, "only the following media types are accepted: " + String.join(", ", offered));
    }

    /** The body is in a format that is not read here. */
    public static Refusal unsupportedMediaType(List<String> accepted) {
        return plain(
                Reason.UnsupportedMediaType,
                "the body of the request was in an unknown format - accepted media types include: "
                        + String.join(", ", accepted));
    }

    /** The body is larger than the bound. */
    public static Refusal tooLarge(long limitBytes) {
        return plain(Reason.RequestEntityTooLarge, "Request entity too large: limit is " + limitBytes);
    }

    /** What would answer is not there. */
    public static Refusal unavailable(String message) {
        return plain(Reason.ServiceUnavailable, message);
    }

    /** Too much is going on already. */
    public static Refusal tooManyRequests() {
        return new Refusal(
                Reason.TooManyRequests,
                "the server has received too many requests and has asked us to try again later",
                null,
                "",
                List.of(),
                1);
    }

    /**
     * Something went wrong that should not have.
     *
     * @param id under which the log tells more
     */
    public static Refusal internal(String id) {
        return plain(Reason.InternalError, "Internal error occurred; the server's log tells more under id " + id);
    }

    /** A query parameter that contradicts another or is malformed. */
    public static Refusal invalidOptions(String kind, FieldError... errors) {
        ResourceKey subject = new ResourceKey(new ResourceType("meta.k8s.io", ""), "", "");
        return Refusal.invalid(subject, kind, List.of(errors));
    }

    private static Refusal plain(Reason reason, String message) {
        return new Refusal(reason, message, null, "", List.of(), 0);
    }
}
