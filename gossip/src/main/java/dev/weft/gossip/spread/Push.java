package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.Batch;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.wire.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Tells new records at once to a fanout of peers. */
final class Push {
    private final LinkTable links;
    private final Outbox outbox;
    private final SpreadSettings settings;
    private final RandomGenerator random;
    private final NodeId self;

    Push(LinkTable links, Outbox outbox, SpreadSettings settings, RandomGenerator random, NodeId self) {
        this.links = links;
        this.outbox = outbox;
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

    /** Tells what was written here, batch by batch. */
    void tell(List<Batch> batches) {
        batches.forEach(batch -> tell(batch, null));
    }

    /**
     * Tells records that follow each other, to those who are not known to have them and do not write them themselves.
     *
     * @param source who told them; null if they were written here
     */
    void tell(Batch batch, @Nullable NodeId source) {
        OriginId origin = batch.origin();
        Map<NodeId, Link> linked = links.established(self);
        boolean foreign = !origin.cluster().equals(self.cluster());
        linked.entrySet()
                .removeIf(entry -> entry.getKey().equals(source)
                        || (foreign && entry.getKey().cluster().equals(origin.cluster()))
                        || entry.getValue().known.getOrDefault(origin, 0L) >= batch.upTo());
        Frame.Push frame = new Frame.Push(List.of(batch));
        for (NodeId node : PeerSelection.choose(linked.keySet(), settings.fanout(), random)) {
            Link link = linked.get(node);
            if (link != null) {
                outbox.send(link, frame);
            }
        }
    }
}
