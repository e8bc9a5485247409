package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not carried out: an expected outcome, never an exception.
 *
 * @param reason the Kubernetes status reason
 * @param message a whole sentence for the user, as kube-apiserver words it
 * @param key the object in question; null where the request named none
 * @param kind the kind's name (e.g. {@code Service}); empty where none is known
 * @param causes the fields at fault
 * @param retryAfterSeconds 0 where trying again makes no sense
 */
public record Refusal(
        Reason reason,
        String message,
        @Nullable ResourceKey key,
        String kind,
        List<FieldError> causes,
        int retryAfterSeconds) {
    public Refusal {
        causes = List.copyOf(causes);
    }

    /** {@code services "web" not found}. */
    public static Refusal notFound(ResourceKey key) {
        return of(Reason.NotFound, key, key.type() + " \"" + key.name() + "\" not found");
    }

    /** {@code pods "p1" already exists}. */
    public static Refusal alreadyExists(ResourceKey key) {
        return of(Reason.AlreadyExists, key, key.type() + " \"" + key.name() + "\" already exists");
    }

    /** {@code Operation cannot be fulfilled on …}; detail e.g. that the object has been modified. */
    public static Refusal conflict(ResourceKey key, String detail) {
        return of(
                Reason.Conflict,
                key,
                "Operation cannot be fulfilled on " + key.type() + " \"" + key.name() + "\": " + detail);
    }

    /** {@code Service "x" is invalid: …}, with one cause a field. */
    public static Refusal invalid(ResourceKey key, String kind, List<FieldError> causes) {
        String all = causes.stream().map(FieldError::toString).collect(Collectors.joining(", "));
        String shown = causes.size() == 1 ? all : "[" + all + "]";
        String subject =
                kind + (key.type().group().isEmpty() ? "" : "." + key.type().group());
        return new Refusal(
                Reason.Invalid, subject + " \"" + key.name() + "\" is invalid: " + shown, key, kind, causes, 0);
    }

    /** A patch that leads nowhere, for a reason that Kubernetes tells of the patch and not of the object. */
    public static Refusal unusablePatch(JsonNode patch, String why) {
        String shown = patch.isObject() ? GoSyntax.plain(patch) : patch.toString();
        FieldError fault = FieldError.invalid("patch", shown, why);
        return new Refusal(Reason.Invalid, " \"\" is invalid: " + fault, null, "", List.of(fault), 0);
    }

    /** The request itself makes no sense. */
    public static Refusal badRequest(String message) {
        return new Refusal(Reason.BadRequest, message, null, "", List.of(), 0);
    }

    /** The version asked for is older than the retained window. */
    public static Refusal expired(String message) {
        return new Refusal(Reason.Expired, message, null, "", List.of(), 0);
    }

    /** Not carried out, or not known to be, because a part did not answer in time. */
    public static Refusal timeout(String message, int retryAfterSeconds) {
        return new Refusal(Reason.Timeout, message, null, "", List.of(), retryAfterSeconds);
    }

    /** Nobody has issued that version yet; clients begin anew when they are told this cause. */
    public static Refusal tooLargeVersion(long version, long current) {
        FieldError cause = new FieldError("", FieldError.Reason.ResourceVersionTooLarge, "Too large resource version");
        String message = "Timeout: Too large resource version: " + version + ", current: " + current;
        return new Refusal(Reason.Timeout, message, null, "", List.of(cause), 1);
    }

    /** Any other refusal that concerns one object. */
    public static Refusal of(Reason reason, ResourceKey key, String message) {
        return new Refusal(reason, message, key, "", List.of(), 0);
    }

    /** Kubernetes' status reasons; the names are the wire form, the numbers the HTTP status. */
    public enum Reason {
        BadRequest(400),
        Unauthorized(401),
        Forbidden(403),
        NotFound(404),
        MethodNotAllowed(405),
        NotAcceptable(406),
        AlreadyExists(409),
        Conflict(409),
        Gone(410),
        Expired(410),
        RequestEntityTooLarge(413),
        UnsupportedMediaType(415),
        Invalid(422),
        TooManyRequests(429),
        InternalError(500),
        ServiceUnavailable(503),
        Timeout(504),
        ServerTimeout(504),
        InsufficientStorage(507);

        private final int httpStatus;

        Reason(int httpStatus) {
            this.httpStatus = httpStatus;
        }

        public int httpStatus() {
            return httpStatus;
        }
    }
}
