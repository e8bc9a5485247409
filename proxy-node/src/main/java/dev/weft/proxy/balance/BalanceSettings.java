package dev.weft.proxy.balance;

import java.time.Duration;

/**
 * What the balancers are tuned with; each value is explained in {@code reference.conf}.
 *
 * @param ringPoints places on the ring for each target of weight 1
 * @param boundedLoad how far over the average a target of the ring may go, e.g. 1.25
 */
public record BalanceSettings(
        Algorithm defaultAlgorithm,
        Duration ewmaDecay,
        int maglevTableSize,
        int ringPoints,
        double boundedLoad,
        int affinityClients) {

    public BalanceSettings {
        if (maglevTableSize < 3 || ringPoints < 1 || boundedLoad <= 1 || affinityClients < 16) {
            throw new IllegalArgumentException("weft.proxy.balance: maglev-table-size=" + maglevTableSize
                    + " ring-points=" + ringPoints + " bounded-load=" + boundedLoad + " affinity-clients="
                    + affinityClients + " (expected: >= 3, >= 1, > 1.0, >= 16)");
        }
    }
}
