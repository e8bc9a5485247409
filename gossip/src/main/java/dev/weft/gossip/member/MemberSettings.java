package dev.weft.gossip.member;

import java.time.Duration;

/**
 * Bounds of suspicion.
 *
 * @param beatInterval how often a process raises its heartbeat
 * @param beatBytes of heartbeats that one link is told in a second; what does not fit is left out
 * @param phiThreshold suspicion from which a process is suspect; 8 means wrong once in 10^8 heartbeats if they arrive normally distributed
 * @param acceptablePause added to the expected interval, for garbage collection and slow links
 * @param unreachableAfter silence after which a suspect is called unreachable
 * @param freshness when what is known of a cluster that makes no progress loses rank
 * @param clockBound how far the clock of a cluster may be behind the others before it is called off
 * @param retention silence after which a process is forgotten, and with its last process the cluster and its records
 */
public record MemberSettings(
        Duration beatInterval,
        int beatBytes,
        double phiThreshold,
        Duration acceptablePause,
        Duration unreachableAfter,
        Duration retention,
        FreshnessSettings freshness,
        Duration clockBound) {
    public MemberSettings {
        if (beatInterval.isNegative() || beatInterval.isZero() || phiThreshold <= 0 || beatBytes <= 0) {
            throw new IllegalArgumentException("heartbeat-interval: " + beatInterval + ", heartbeat-bytes: " + beatBytes
                    + ", phi-threshold: " + phiThreshold + " (expected: all positive)");
        }
    }
}
