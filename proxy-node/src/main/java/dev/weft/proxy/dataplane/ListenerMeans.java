package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.RoundTrips;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What all listeners of a data plane work with.
 *
 * @param roundTrips told how long connecting to other clusters takes
 * @param nanos a monotonic clock, in nanoseconds
 * @param jitter for the pauses between attempts to bind
 */
record ListenerMeans(
        Transport transport,
        DataPlaneSettings settings,
        OwnSources ownSources,
        ActiveChecks checks,
        RoundTrips roundTrips,
        LongSupplier nanos,
        RandomGenerator jitter) {}
