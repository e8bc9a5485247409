package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.OriginId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One link and what is known of the peer at its other end. Belongs to {@link LinkTable}. */
final class Link {
    final long id;
    /** Which address was dialled; null where the peer dialled. */
    final @Nullable NodeAddress dialed;
    /** Who is there; null until he introduced himself and was accepted. */
    @Nullable
    NodeId node;

    boolean connected;
    Instant lastReceived;
    /** How far the peer is, as far as we know: what he told, and what we told him. */
    final Map<OriginId, Long> known = new HashMap<>();
    /** Which heartbeat of each process the peer has heard. */
    final Map<NodeId, Long> toldBeats = new HashMap<>();
    /** When the answer to a request for records is given up; null if none is awaited. */
    @Nullable
    Instant pullDeadline;

    long openedRound;
    Instant openedAt;

    Link(long id, @Nullable NodeAddress dialed, Instant now) {
        this.id = id;
        this.dialed = dialed;
        this.lastReceived = now;
        this.openedAt = now;
    }

    boolean established() {
        return connected && node != null;
    }

    void knows(OriginId origin, long highest) {
        known.merge(origin, highest, Math::max);
    }
}
