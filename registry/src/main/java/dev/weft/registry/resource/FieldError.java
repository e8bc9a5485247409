package dev.weft.registry.resource;

/**
 * One thing that is wrong with one field, in the words that Kubernetes' clients print.
 *
 * @param field the path, e.g. {@code spec.ports[0].port}
 * @param reason why
 * @param message e.g. {@code Invalid value: 0: must be between 1 and 65535, inclusive}
 */
public record FieldError(String field, Reason reason, String message) {

    /** The value is there but wrong. */
    public static FieldError invalid(String field, Object value, String detail) {
        return invalidAs(field, GoSyntax.value(value), detail);
    }

    /** The same, where the value is written in a way of its own. */
    static FieldError invalidAs(String field, String shown, String detail) {
        return new FieldError(field, Reason.FieldValueInvalid, "Invalid value: " + shown + ": " + detail);
    }

    /** The value is missing. */
    public static FieldError required(String field, String detail) {
        return new FieldError(
                field, Reason.FieldValueRequired, "Required value" + (detail.isEmpty() ? "" : ": " + detail));
    }

    /** The value stands a second time where it must be unique. */
    public static FieldError duplicate(String field, Object value) {
        return new FieldError(field, Reason.FieldValueDuplicate, "Duplicate value: " + GoSyntax.value(value));
    }

    /** The value names what is not there. */
    public static FieldError notFound(String field, String value) {
        return new FieldError(field, Reason.FieldValueNotFound, "Not found: \"" + value + '"');
    }

    /** The value is none of the allowed ones. */
    public static FieldError notSupported(String field, String value, String... supported) {
        return new FieldError(
                field,
                Reason.FieldValueNotSupported,
                "Unsupported value: " + GoSyntax.quoted(value) + ": supported values: \""
                        + String.join("\", \"", supported) + '"');
    }

    /** The field must not be set here. */
    public static FieldError forbidden(String field, String detail) {
        return new FieldError(field, Reason.FieldValueForbidden, "Forbidden: " + detail);
    }

    /** {@code spec.ports[0].port: Invalid value: …}. */
    @Override
    public String toString() {
        return field + ": " + message;
    }

    /** The cause types of a Kubernetes {@code Status}; the names are the wire form. */
    public enum Reason {
        FieldValueNotFound,
        FieldValueRequired,
        FieldValueDuplicate,
        FieldValueInvalid,
        FieldValueNotSupported,
        FieldValueForbidden,
        FieldValueTooLong,
        FieldValueTooMany,
        FieldManagerConflict,
        ResourceVersionTooLarge
    }
}
