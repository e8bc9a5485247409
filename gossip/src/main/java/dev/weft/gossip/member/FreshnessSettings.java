package dev.weft.gossip.member;

import java.time.Duration;

/**
 * When what is known of a cluster that makes no progress loses rank.
 *
 * @param suspectAfter without progress it is suspect
 * @param staleAfter without progress it is stale
 * @param withdrawnAfter without progress it is withdrawn
 */
public record FreshnessSettings(Duration suspectAfter, Duration staleAfter, Duration withdrawnAfter) {
    public FreshnessSettings {
        boolean rising = suspectAfter.compareTo(staleAfter) < 0 && staleAfter.compareTo(withdrawnAfter) < 0;
        if (suspectAfter.isNegative() || suspectAfter.isZero() || !rising) {
            throw new IllegalArgumentException(
                    "freshness: suspect after " + suspectAfter + ", stale after " + staleAfter + ", withdrawn after "
                            + withdrawnAfter + " (expected: positive, each longer than the one before)");
        }
    }

    /** What follows from an age. */
    Freshness of(Duration age) {
        if (age.compareTo(withdrawnAfter) >= 0) {
            return Freshness.WITHDRAWN;
        }
        if (age.compareTo(staleAfter) >= 0) {
            return Freshness.STALE;
        }
        return age.compareTo(suspectAfter) >= 0 ? Freshness.SUSPECT : Freshness.FRESH;
    }
}
