package dev.weft.proxy.balance;

import org.jspecify.annotations.Nullable;

/**
 * Chooses among an immutable set of targets. Safe for any thread; {@link #pick} neither blocks nor allocates. The
 * feedback that some algorithms need goes to the {@link Target} itself.
 */
public interface Balancer {
    /**
     * Chooses a target for a connection.
     *
     * @param client hashes of its address
     * @param nowNanos a monotonic clock
     * @return null when there is no target
     */
    @Nullable
    Target pick(ClientKey client, long nowNanos);

    /** The same algorithm over other targets; keeps what it has learnt and where it stood. */
    Balancer over(TargetSet targets);

    /** What it chooses among. */
    TargetSet targets();

    /** Whether it has to be made anew for a changed {@link Target#share()} to count. */
    default boolean laysOutShares() {
        return false;
    }

    /** After how long it is to be made anew though nothing has changed here (nanoseconds); 0 for never. */
    default long revisedAfterNanos() {
        return 0;
    }

    /** Whether {@link Target#latency} matters to it. */
    default boolean usesLatency() {
        return false;
    }
}
