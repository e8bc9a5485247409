package dev.weft.gossip.spread;

import dev.weft.gossip.member.MemberSettings;
import dev.weft.gossip.transport.Backoff;
import java.time.Duration;

/**
 * Pace and bounds of spreading.
 *
 * @param fanout peers that are told a new record at once, and peers that a round begins with
 * @param roundInterval between two repair rounds
 * @param roundJitter by which share of itself the interval varies by chance, 0 to 1
 * @param budgetBytes what one frame of records may hold, unless it is a single larger record
 * @param framesAhead frames of records that may be on their way in answer to one request
 * @param tombstoneRetention how long a withdrawn key is remembered
 * @param futureBound how far the stamp of another's record may be ahead of the clock here
 * @param links that this process keeps with processes of other clusters, besides those that others keep with it; with
 *     fewer other processes it keeps one with each
 * @param linkTimeout silence after which a link is given up, and the time a peer has to introduce itself
 * @param pullTimeout how long an answer to a request for records may take before another peer is asked
 * @param backoff between attempts to reach an address
 * @param origins that are kept at most
 * @param recordsPerOrigin that are kept at most, tombstones included
 * @param nodes other processes that are known at most
 * @param members of suspicion
 * @param trust bounds of trust
 */
public record SpreadSettings(
        int fanout,
        Duration roundInterval,
        double roundJitter,
        int budgetBytes,
        int framesAhead,
        Duration tombstoneRetention,
        Duration futureBound,
        int links,
        Duration linkTimeout,
        Duration pullTimeout,
        Backoff backoff,
        int origins,
        int recordsPerOrigin,
        int nodes,
        MemberSettings members,
        TrustSettings trust) {
    public SpreadSettings {
        if (links < fanout) {
            throw new IllegalArgumentException(
                    "links.kept: " + links + " (expected: at least fanout, which is " + fanout + ")");
        }
        if (framesAhead < 1) {
            throw new IllegalArgumentException("frames-ahead: " + framesAhead + " (expected: at least 1)");
        }
        if (fanout < 1 || budgetBytes < 1 || roundInterval.toMillis() < 1 || roundJitter < 0 || roundJitter > 1) {
            throw new IllegalArgumentException("fanout: " + fanout + ", frame-budget: " + budgetBytes
                    + ", round-interval: " + roundInterval + ", round-jitter: " + roundJitter
                    + " (expected: positive, jitter from 0 to 1)");
        }
    }
}
