package dev.weft.registry.allocation;

import dev.weft.registry.resource.FieldError;

/** What came of a claim on a pool. */
public sealed interface Taken {
    /**
     * The owner holds it now.
     *
     * @param value the address or port
     */
    record Given(String value) implements Taken {}

    /**
     * Nothing was given.
     *
     * @param why in the words of Kubernetes, at the claim's field
     */
    record Denied(FieldError why) implements Taken {}
}
