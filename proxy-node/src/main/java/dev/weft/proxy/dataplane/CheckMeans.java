package dev.weft.proxy.dataplane;

import dev.weft.proxy.health.HealthCheck;
import dev.weft.proxy.health.Prober;
import java.util.function.Supplier;

/**
 * By what the data plane checks endpoints.
 *
 * @param defaults for what a service leaves open
 * @param maxInFlight checks under way at once
 * @param prober made when the first check is asked for
 */
public record CheckMeans(HealthCheck defaults, int maxInFlight, Supplier<Prober> prober) {}
