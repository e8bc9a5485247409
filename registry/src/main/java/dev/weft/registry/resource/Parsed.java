package dev.weft.registry.resource;

import java.util.function.Function;

/**
 * What came of reading a user's text: a value, or why it could not be read.
 *
 * @param <T> the value
 */
public sealed interface Parsed<T> {

    static <T> Parsed<T> valid(T value) {
        return new Valid<>(value);
    }

    static <T> Parsed<T> invalid(Refusal refusal) {
        return new Invalid<>(refusal);
    }

    /** Goes on with the value, if there is one. */
    default <U> Parsed<U> then(Function<? super T, Parsed<U>> next) {
        if (this instanceof Valid<T> valid) {
            return next.apply(valid.value());
        }
        return new Invalid<>(((Invalid<T>) this).refusal());
    }

    record Valid<T>(T value) implements Parsed<T> {}

    record Invalid<T>(Refusal refusal) implements Parsed<T> {}
}
