package dev.weft.proxy.balance;

import dev.weft.proxy.outlier.OutlierSettings;
import java.time.Duration;

/**
 * What the balancers are tuned with; each value is explained in {@code reference.conf}.
 *
 * @param ringPoints places on the ring for each target of weight 1
 * @param overprovisioningPercent how many times the capacity that a tier of endpoints needs it is taken to have
 * @param affinityHandover clients of session affinity that a successor is told of
 * @param boundedLoad how far over the average a target of the ring may go, e.g. 1.25
 * @param boundedLoadFloor open connections below which no target of the ring is full (count, from 0)
 */
public record BalanceSettings(
        Algorithm defaultAlgorithm,
        Duration ewmaDecay,
        int maglevTableSize,
        int ringPoints,
        double boundedLoad,
        int boundedLoadFloor,
        int affinityClients,
        int affinityHandover,
        OutlierSettings outlier,
        SlowStart slowStart,
        int overprovisioningPercent,
        RoundTripBounds roundTrips) {
    /** One that ejects no targets, and gives new ones their whole weight, with a floor of 8. */
    public BalanceSettings(
            Algorithm defaultAlgorithm,
            Duration ewmaDecay,
            int maglevTableSize,
            int ringPoints,
            double boundedLoad,
            int affinityClients) {
        this(
                defaultAlgorithm,
                ewmaDecay,
                maglevTableSize,
                ringPoints,
                boundedLoad,
                8,
                affinityClients,
                affinityClients,
                OutlierSettings.OFF,
                SlowStart.OFF,
                140,
                RoundTripBounds.USUAL);
    }

    public BalanceSettings {
        if (overprovisioningPercent < 100) {
            throw new IllegalArgumentException(
                    "weft.proxy.balance: overprovisioning-percent=" + overprovisioningPercent + " (expected: >= 100)");
        }
        if (boundedLoadFloor < 0) {
            throw new IllegalArgumentException(
                    "weft.proxy.balance: bounded-load-floor=" + boundedLoadFloor + " (expected: >= 0)");
        }
        if (maglevTableSize < 3 || ringPoints < 1 || boundedLoad <= 1 || affinityClients < 16 || affinityHandover < 0) {
            throw new IllegalArgumentException("weft.proxy.balance: maglev-table-size=" + maglevTableSize
                    + " ring-points=" + ringPoints + " bounded-load=" + boundedLoad + " affinity-clients="
                    + affinityClients + " affinity-handover=" + affinityHandover
                    + " (expected: >= 3, >= 1, > 1.0, >= 16, >= 0)");
        }
    }
}
