package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.transport.Peers;
import dev.weft.gossip.wire.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Tells new records at once to a fanout of peers. */
final class Push {
    private final Ledger ledger;
    private final LinkTable links;
    private final Peers peers;
    private final SpreadSettings settings;
    private final RandomGenerator random;
    private final NodeId self;

    Push(Ledger ledger, LinkTable links, Peers peers, SpreadSettings settings, RandomGenerator random, NodeId self) {
        this.ledger = ledger;
        this.links = links;
        this.peers = peers;
        this.settings = settings;
        this.random = random;
        this.self = self;
    }

    /** A fanout of links, not to the one process where what is new came from. */
    List<Link> targets(@Nullable NodeId source) {
        Map<NodeId, Link> linked = links.established(self);
        if (source != null) {
            linked.remove(source);
        }
        List<Link> chosen = new ArrayList<>();
        for (NodeId node : PeerSelection.choose(linked.keySet(), settings.fanout(), random)) {
            Link link = linked.get(node);
            if (link != null) {
                chosen.add(link);
            }
        }
        return chosen;
    }

    /**
     * Tells records that follow each other, to those who are not known to have them and do not write them themselves.
     *
     * @param source who told them; null if they were written here
     */
    void tell(OriginId origin, List<OriginRecord> records, @Nullable NodeId source) {
        if (records.isEmpty()) {
            return;
        }
        long last = records.get(records.size() - 1).number();
        Map<NodeId, Link> linked = links.established(self);
        boolean foreign = !origin.cluster().equals(self.cluster());
        linked.entrySet()
                .removeIf(entry -> entry.getKey().equals(source)
                        || (foreign && entry.getKey().cluster().equals(origin.cluster()))
                        || entry.getValue().known.getOrDefault(origin, 0L) >= last);
        List<Frame.Push> frames = frames(origin, records);
        for (NodeId node : PeerSelection.choose(linked.keySet(), settings.fanout(), random)) {
            Link link = linked.get(node);
            if (link != null && frames.stream().allMatch(frame -> peers.send(link.id, frame))) {
                link.knows(origin, Math.min(last, ledger.replica().highest(origin)));
            }
        }
    }

    private List<Frame.Push> frames(OriginId origin, List<OriginRecord> records) {
        List<Frame.Push> frames = new ArrayList<>();
        List<OriginRecord> part = new ArrayList<>();
        int bytes = 0;
        for (OriginRecord record : records) {
            if (!part.isEmpty() && bytes + record.bytes() > settings.budgetBytes()) {
                frames.add(new Frame.Push(List.of(new Frame.OriginRecords(origin, part))));
                part.clear();
                bytes = 0;
            }
            part.add(record);
            bytes += record.bytes();
        }
        frames.add(new Frame.Push(List.of(new Frame.OriginRecords(origin, part))));
        return frames;
    }
}
