package dev.weft.gossip.spread;

import java.time.Duration;

/**
 * Bounds of trust.
 *
 * @param members clusters, and expelled keys, that are kept
 * @param invitations tokens that are remembered at a time
 * @param joinTimeout how long joining with a token may take
 * @param bytesPerSecond that a peer may send before he is slowed
 * @param framesPerSecond that a peer may send before he is slowed
 * @param badFrameCost as how many frames one counts that was refused
 * @param patience how long a peer may have to be slowed without a break before he is cut off
 * @param stagedBytes of records that may wait, over all origins, until what belongs to them is here and can be checked
 */
public record TrustSettings(
        int members,
        int invitations,
        Duration joinTimeout,
        int bytesPerSecond,
        int framesPerSecond,
        int badFrameCost,
        Duration patience,
        long stagedBytes) {
    public TrustSettings {
        if (members < 1 || invitations < 1 || bytesPerSecond < 1 || framesPerSecond < 1 || badFrameCost < 1) {
            throw new IllegalArgumentException("members: " + members + ", invitations: " + invitations
                    + ", bytes-per-second: " + bytesPerSecond + ", frames-per-second: " + framesPerSecond
                    + ", bad-frame-cost: " + badFrameCost + " (expected: positive)");
        }
    }

    Allowance.Rate rate() {
        return new Allowance.Rate(bytesPerSecond, framesPerSecond, patience);
    }
}
