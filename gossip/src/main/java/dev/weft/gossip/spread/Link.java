package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.wire.Frame;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One link and what is known of the peer at its other end. Belongs to {@link LinkTable}. */
final class Link {
    final long id;
    /** A small number that no other link has while this one is there. */
    final int slot;

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
    /** How far the peer is, by his own word, in origins where that is further than we are. */
    final Map<OriginId, Long> known = new HashMap<>();
    /** What the peer was told of processes so far. */
    final Tidings.Told told = new Tidings.Told();

    /** The version of the protocol that the peer speaks; 0 until he introduced himself. */
    int version;

    /** The request for records whose answer is awaited; null if none is. */
    @Nullable
    Asking asking;

    /** What the peer asked for and was not given yet; null if nothing. */
    @Nullable
    Giving giving;

    /** When all of our roll was last told here. */
    Instant toldRoll = Instant.MIN;

    final Traffic traffic = new Traffic();
    final Allowance allowance;
    long openedRound;
    Instant openedAt;
    /** When it was made. */
    private final Instant begun;

    Link(long id, int slot, @Nullable NodeAddress dialed, Allowance.Rate rate, Instant now) {
        this.id = id;
        this.slot = slot;
        this.allowance = new Allowance(rate, now);
        this.dialed = dialed;
        this.lastReceived = now;
        this.openedAt = now;
        this.begun = now;
    }

    /** How long it has been there. */
    Duration age(Instant now) {
        return Duration.between(begun, now);
    }

    boolean established() {
        return connected && node != null;
    }

    /** Whether a frame is of the answer that is awaited here. */
    boolean awaits(Frame.Deltas deltas) {
        Asking awaited = asking;
        return awaited != null && deltas.request() == awaited.request && awaited.awaited() > 0;
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
}
