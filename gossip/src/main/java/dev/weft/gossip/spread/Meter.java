package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds up what went over links, by cluster, also over links that are gone. Belongs to one owner. */
final class Meter {
    private final LinkTable links;
    private final Refusals refusals;
    private final Map<String, Traffic> past = new HashMap<>();

    Meter(LinkTable links, Refusals refusals) {
        this.links = links;
        this.refusals = refusals;
    }

    /** A link is gone; what went over it still counts. Links with nobody count for nobody. */
    void ended(Link link) {
        NodeId node = link.node;
        if (node != null) {
            past.computeIfAbsent(node.cluster(), cluster -> new Traffic()).add(link.traffic);
        }
    }

    List<PeerReport> report(List<MemberReport> members) {
        past.keySet()
                .removeIf(cluster ->
                        members.stream().noneMatch(member -> member.cluster().equals(cluster)));
        List<PeerReport> reports = new ArrayList<>();
        for (MemberReport member : members) {
            Traffic sum = new Traffic();
            Traffic before = past.get(member.cluster());
            if (before != null) {
                sum.add(before);
            }
            for (Link link : links.all()) {
                NodeId node = link.node;
                if (node != null && node.cluster().equals(member.cluster())) {
                    sum.add(link.traffic);
                }
            }
            reports.add(new PeerReport(
                    member,
                    sum.bytesIn(),
                    sum.bytesOut(),
                    sum.framesIn(),
                    sum.framesOut(),
                    refusals.counts(member.cluster() + " at ")));
        }
        return reports;
    }
}
