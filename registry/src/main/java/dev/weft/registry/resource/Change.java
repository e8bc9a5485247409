package dev.weft.registry.resource;

import org.jspecify.annotations.Nullable;

/**
 * One committed step of one object.
 *
 * @param before its state until now; null if it is new
 * @param after its state from now on; null if it is gone
 * @param version of the step: {@code after}'s version, or the version of the removal
 */
public record Change(@Nullable Resource before, @Nullable Resource after, long version) {
    public Change {
        if (before == null && after == null) {
            throw new IllegalArgumentException("change: neither before nor after");
        }
    }

    /** The object that changed. */
    public ResourceKey key() {
        Resource present = after != null ? after : before;
        if (present == null) {
            throw new IllegalStateException("unreachable: checked at construction");
        }
        return present.key();
    }

    /** How much its state until now took, in bytes of JSON; 0 for a new object. */
    public long bytesBefore() {
        return before == null ? 0 : before.json().size();
    }
}
