package dev.weft.gossip;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.spread.MemberReport;
import dev.weft.gossip.spread.PeerReport;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What is known inside, in the words of the front door, and addresses the other way as well. Pure. */
final class Reports {
    private static final int DIGEST_BYTES = 8;

    private Reports() {}

    /** Of one peer. */
    static GossipStats.Peer peer(PeerReport report, Instant now) {
        MemberReport member = report.member();
        Map<String, Long> rejected = new LinkedHashMap<>();
        report.rejected().forEach((kind, count) -> rejected.put(kind.toLowerCase(Locale.ROOT), count));
        Instant last = member.lastExchange();
        return new GossipStats.Peer(
                member.cluster(),
                report.bytesIn(),
                report.bytesOut(),
                report.framesIn(),
                report.framesOut(),
                rejected,
                member.recordsBehind(),
                last == null ? null : Duration.between(last, now),
                member.roundTrip(),
                member(member).freshness(),
                member.staleness(),
                member.clockOffset(),
                member.clockOff());
    }

    /** Of one cluster. */
    static Member member(MemberReport report) {
        return new Member(
                report.cluster(),
                report.addresses().stream().map(Reports::external).toList(),
                switch (report.status()) {
                    case ALIVE -> Member.Status.ALIVE;
                    case SUSPECT -> Member.Status.SUSPECT;
                    case UNREACHABLE -> Member.Status.UNREACHABLE;
                    case LEFT -> Member.Status.LEFT;
                },
                report.roundTrip(),
                report.recordsBehind(),
                report.lastExchange(),
                report.self(),
                switch (report.freshness()) {
                    case FRESH -> Member.Freshness.FRESH;
                    case SUSPECT -> Member.Freshness.SUSPECT;
                    case STALE -> Member.Freshness.STALE;
                    case WITHDRAWN -> Member.Freshness.WITHDRAWN;
                },
                report.staleness(),
                report.clockOffset(),
                report.clockOff(),
                HexFormat.of().formatHex(report.digest().take(DIGEST_BYTES).toArray()));
    }

    /** An address as the inside has it. */
    static NodeAddress internal(HostPort address) {
        return new NodeAddress(address.host(), address.port());
    }

    /** An address as the front door has it. */
    static HostPort external(NodeAddress address) {
        return new HostPort(address.host(), address.port());
    }
}
