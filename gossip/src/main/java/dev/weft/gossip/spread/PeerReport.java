package dev.weft.gossip.spread;

import java.util.Map;

/**
 * What went between this process and a cluster in this life, and what of it was refused.
 *
 * @param member as it is seen from here
 * @param rejected words that were not believed, by reason
 */
public record PeerReport(
        MemberReport member, long bytesIn, long bytesOut, long framesIn, long framesOut, Map<String, Long> rejected) {
    public PeerReport {
        rejected = Map.copyOf(rejected);
    }
}
