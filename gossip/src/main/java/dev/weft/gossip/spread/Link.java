package dev.weft.gossip.spread;

import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.trust.PeerIdentity;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One link and what is known of the peer at its other end. Belongs to {@link LinkTable}. */
final class Link {
    private static final int SEALS_AT_FIRST = 3;
    private static final int SEALS_EVERY = 4;

    final long id;
    /** Which address was dialled; null where the peer dialled. */
    final @Nullable NodeAddress dialed;
    /** Who is there; null until he introduced himself and was accepted. */
    @Nullable
    NodeId node;

    /** Who the peer proved to be; null in plain text. */
    @Nullable
    PeerIdentity proven;

    /** Whether we wait for the answer to a token. */
    boolean joining;

    /** Whether one of the two does not want the other. */
    boolean refused;

    boolean connected;
    Instant lastReceived;
    /** How far the peer is, as far as we know: what he told, and what we told him. */
    final Map<OriginId, Long> known = new HashMap<>();
    /** Which heartbeat of each process the peer has heard. */
    final Map<NodeId, Long> toldBeats = new HashMap<>();
    /** When the answer to a request for records is given up; null if none is awaited. */
    @Nullable
    Instant pullDeadline;

    /** When all of our roll was last told here. */
    Instant toldRoll = Instant.MIN;

    final Traffic traffic = new Traffic();
    final Allowance allowance;
    /** How often each process's life was told with its seal. */
    private final Map<NodeId, Told> toldLives = new HashMap<>();

    private record Told(Node life, int times) {}

    long openedRound;
    Instant openedAt;

    Link(long id, @Nullable NodeAddress dialed, Allowance.Rate rate, Instant now) {
        this.id = id;
        this.allowance = new Allowance(rate, now);
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

    /** The peer's name, or what is known of him. */
    String name() {
        if (node != null) {
            return node.toString();
        }
        String who = proven == null ? "" : " with " + proven.cluster();
        return "link " + id + (dialed == null ? "" : " to " + dialed) + who;
    }

    /** Whether to tell an entry with its seal: at first, and now and then, since the first may have been lost. */
    boolean sealDue(Node entry) {
        if (entry.presence() != Node.Presence.HERE) {
            return true;
        }
        Told told = toldLives.get(entry.id());
        int times = told != null && told.life().sameLife(entry) ? told.times() + 1 : 0;
        toldLives.put(entry.id(), new Told(entry, times));
        return times < SEALS_AT_FIRST || times % SEALS_EVERY == 0;
    }
}
