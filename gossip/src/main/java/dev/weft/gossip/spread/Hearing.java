package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.transport.PeerListener;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.wire.Frame;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What links say: whom it concerns, and what it costs the peer, who may say so much in a while and no more. */
final class Hearing implements PeerListener {
    private static final Logger LOG = LoggerFactory.getLogger(Hearing.class);

    private final LinkTable links;
    private final Handshake handshake;
    private final Exchange exchange;
    private final Roster roster;
    private final MemberReports reports;
    private final Repair repair;
    private final RollChanges changes;
    private final Refusals refusals;
    private final Meter meter;
    private final StoreQueue store;
    private final TrustSettings trust;
    private final InstantSource clock;

    Hearing(
            LinkTable links,
            Handshake handshake,
            Exchange exchange,
            Roster roster,
            MemberReports reports,
            Repair repair,
            RollChanges changes,
            Refusals refusals,
            Meter meter,
            StoreQueue store,
            TrustSettings trust,
            InstantSource clock) {
        this.links = links;
        this.handshake = handshake;
        this.exchange = exchange;
        this.roster = roster;
        this.reports = reports;
        this.repair = repair;
        this.changes = changes;
        this.refusals = refusals;
        this.meter = meter;
        this.store = store;
        this.trust = trust;
        this.clock = clock;
    }

    @Override
    public void connected(long id, boolean dialed, @Nullable PeerIdentity proven) {
        Link link = links.connected(id, dialed, clock.instant());
        link.proven = proven;
        handshake.begin(link, dialed, clock.instant());
    }

    @Override
    public void disconnected(long id, String reason) {
        Link link = links.disconnected(id, clock.instant());
        if (link != null) {
            meter.ended(link);
            repair.lost(link);
            if (link.node != null) {
                LOG.info("link with {} is gone: {}", link.node, reason);
            } else {
                LOG.debug("link {} with {} was not made: {}", id, link.dialed, reason);
            }
        }
    }

    @Override
    public void malformed(long id, String reason) {
        Link link = links.get(id);
        if (link != null) {
            refusals.refuse(Refusals.Reason.MALFORMED, link.name(), reason);
            link.allowance.spend(0, trust.badFrameCost(), clock.instant());
            if (link.node == null) {
                links.close(link, "malformed");
            }
        }
    }

    @Override
    public void received(long id, Frame frame, int bytes) {
        Link link = links.get(id);
        if (link == null) {
            return;
        }
        Instant now = clock.instant();
        link.traffic.received(bytes);
        long refused = refusals.all();
        NodeId node = link.node;
        boolean awaited = frame instanceof Frame.Deltas deltas && link.awaits(deltas);
        if (frame instanceof Frame.Hello hello) {
            if (!link.joining) {
                handshake.greeted(link, hello, now);
            }
        } else if (frame instanceof Frame.Refusal refusal) {
            handshake.refusedBy(link, refusal.reason());
        } else if (frame instanceof Frame.Nodes farewell && node == null) {
            roster.hearFarewells(link, farewell.nodes(), now);
            reports.tellChanges(now);
        } else if (frame instanceof Frame.Join join) {
            handshake.admit(link, join, now);
        } else if (frame instanceof Frame.Roll theirs && link.joining) {
            handshake.joined(link, theirs);
        } else if (node != null) {
            link.lastReceived = now;
            exchange.received(link, node, frame, now);
        }
        changes.settle(link.node, now);
        boolean bad = refusals.all() > refused;
        if (bad || !awaited) {
            // What was asked for is no flood: it comes as fast as the link carries it, and never more than was asked
            // for.
            link.allowance.spend(bytes, bad ? trust.badFrameCost() : 1, now);
        }
        store.flush();
    }

    /** How long to let a peer wait before he may send more. */
    Duration pause(long id) {
        Link link = links.get(id);
        return link == null ? Duration.ZERO : link.allowance.wait(clock.instant());
    }

    /** Ends links whose peers have said too much for too long. */
    void closeFlooding(Instant now) {
        for (Link link : links.all()) {
            if (link.allowance.exhausted(now)) {
                refusals.refuse(
                        Refusals.Reason.FLOOD,
                        link.name(),
                        "more than " + trust.framesPerSecond() + " frames or "
                                + trust.bytesPerSecond() + " bytes a second for "
                                + trust.patience());
                links.refused(link);
                links.close(link, "flooding");
            }
        }
    }
}
