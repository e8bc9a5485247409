package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.Delta;
import dev.weft.gossip.origin.Merged;
import dev.weft.gossip.origin.OriginDigest;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginState;
import dev.weft.gossip.origin.SealCheck;
import dev.weft.gossip.origin.Want;
import dev.weft.gossip.wire.Frame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks for what is missing and gives what others miss; one request for each link and origin at a time. */
final class Repair {
    /** Wants in a frame; more follow with the next request. */
    private static final int WANTS = 2_048;
    /** What a delta costs in a frame besides its records; bytes. */
    private static final int DELTA_BYTES = 128;

    private final Ledger ledger;
    private final OwnOrigins own;
    private final Outbox outbox;
    private final SealCheck check;
    private final SpreadSettings settings;
    private final Map<OriginId, Long> pulls = new HashMap<>();
    private final Map<OriginId, Long> behind = new HashMap<>();

    Repair(Ledger ledger, OwnOrigins own, Outbox outbox, SealCheck check, SpreadSettings settings) {
        this.check = check;
        this.ledger = ledger;
        this.own = own;
        this.outbox = outbox;
        this.settings = settings;
    }

    /** How many records of a cluster are known to exist and are not here yet, at least. */
    long behind(String cluster) {
        return behind.entrySet().stream()
                .filter(entry -> entry.getKey().cluster().equals(cluster))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /**
     * The peer told how far he is.
     *
     * @param whole the parts of the outline of which he told every origin that he knows, a bit each
     * @return whether that made us fence an origin of our own
     */
    boolean compare(Link link, NodeId node, List<OriginDigest> theirs, long whole, Instant now) {
        boolean fenced = false;
        for (OriginDigest digest : theirs) {
            Ledger.Verdict verdict = ledger.judge(digest.origin(), node, now);
            if (verdict != Ledger.Verdict.IGNORE && ledger.future(digest.highest(), now)) {
                ledger.future(digest.origin(), digest.highest(), node);
            } else if (verdict == Ledger.Verdict.OURS) {
                fenced |= proven(digest) && own.outdo(digest.origin(), digest.highest(), now);
            } else if (verdict == Ledger.Verdict.ACCEPT
                    && digest.highest() > ledger.replica().highest(digest.origin())) {
                link.known.put(digest.origin(), digest.highest());
                behind.putIfAbsent(digest.origin(), 1L);
            } else {
                link.known.remove(digest.origin());
            }
        }
        if (whole != 0) {
            offer(link, node, theirs, whole);
        }
        pull(link, node, now);
        return fenced;
    }

    /** Whether our own cluster once said what a peer says that it did. */
    private boolean proven(OriginDigest digest) {
        OriginDigest.Proof proof = digest.proof();
        return proof != null && check.holds(digest.origin(), digest.highest(), proof.root(), proof.seal());
    }

    /** Tells the peer where we are ahead, so that he asks. */
    private void offer(Link link, NodeId node, List<OriginDigest> theirs, long parts) {
        Map<OriginId, Long> known = new HashMap<>();
        theirs.forEach(digest -> known.put(digest.origin(), digest.highest()));
        List<OriginDigest> ahead = ledger.replica().digests(node.cluster(), parts).stream()
                .filter(ours -> ours.highest() > known.getOrDefault(ours.origin(), 0L))
                .toList();
        if (!ahead.isEmpty()) {
            outbox.send(link, new Frame.Digests(0, ahead, List.of(), ByteString.emptyByteString()));
        }
    }

    /** Asks the peer for what he has and we have not, unless somebody was asked already. */
    void pull(Link link, NodeId node, Instant now) {
        if (link.pullDeadline != null) {
            return;
        }
        List<Want> wants = new ArrayList<>();
        link.known
                .entrySet()
                .removeIf(entry -> entry.getValue() <= ledger.replica().highest(entry.getKey()));
        for (Map.Entry<OriginId, Long> entry : link.known.entrySet()) {
            OriginId origin = entry.getKey();
            if (wants.size() == WANTS) {
                break;
            }
            if (!pulls.containsKey(origin) && ledger.judge(origin, node, now) == Ledger.Verdict.ACCEPT) {
                OriginState state = ledger.replica().get(origin);
                wants.add(state == null ? new Want(origin, 0, false) : state.want(link.id));
                pulls.put(origin, link.id);
            }
        }
        if (!wants.isEmpty()) {
            if (outbox.send(link, new Frame.Wants(wants))) {
                link.pullDeadline = now.plus(settings.pullTimeout());
            } else {
                release(link);
            }
        }
    }

    /** Gives what was asked for, as far as the budget goes. */
    void give(Link link, Frame.Wants wants) {
        List<Delta> deltas = new ArrayList<>();
        int budget = settings.budgetBytes();
        for (Want want : wants.wants()) {
            OriginState state = ledger.replica().get(want.origin());
            if (state == null || state.highest() == 0 || (!want.full() && state.highest() <= want.after())) {
                continue;
            }
            if (budget <= 0) {
                break;
            }
            Delta delta = state.after(want, budget);
            budget -= delta.bytes() + DELTA_BYTES;
            deltas.add(delta);
        }
        outbox.send(link, new Frame.Deltas(deltas));
    }

    /**
     * Takes in what was asked for, and asks for more.
     *
     * @return whether something new is here and nothing more is awaited from this peer
     */
    boolean take(Link link, NodeId node, Frame.Deltas deltas, Instant now) {
        release(link);
        boolean news = false;
        for (Delta delta : deltas.deltas()) {
            OriginId origin = delta.origin();
            boolean progress = false;
            if (ledger.judge(origin, node, now) != Ledger.Verdict.ACCEPT) {
                link.known.remove(origin);
                continue;
            }
            if (ledger.future(delta.upTo(), now)) {
                ledger.future(origin, delta.upTo(), node);
            } else {
                Merged.Outcome outcome = ledger.merge(delta, link, node).outcome();
                progress = outcome == Merged.Outcome.NEW || outcome == Merged.Outcome.STAGED;
                news |= outcome == Merged.Outcome.NEW;
                caughtUp(origin, delta.remaining());
            }
            if (progress) {
                link.knows(origin, delta.upTo());
            } else {
                // Asking again at once would give the same; the next round tells how far he is.
                link.known.remove(origin);
            }
        }
        if (deltas.deltas().isEmpty()) {
            link.known.clear();
        }
        pull(link, node, now);
        return news && link.pullDeadline == null;
    }

    /** The peer is as far as we are: what was believed of him beyond that is not so. */
    void inSync(Link link) {
        link.known.clear();
    }

    /** Notes that records of an origin are here, with so many known to be missing still. */
    void caughtUp(OriginId origin, long remaining) {
        if (remaining == 0) {
            behind.remove(origin);
        } else {
            behind.put(origin, remaining);
        }
    }

    /** Gives up requests that were not answered in time. */
    void expire(Iterable<Link> links, Instant now) {
        for (Link link : links) {
            Instant deadline = link.pullDeadline;
            if (deadline != null && deadline.isBefore(now)) {
                release(link);
            }
        }
        behind.keySet().removeIf(origin -> ledger.replica().get(origin) == null && !pulls.containsKey(origin));
    }

    /** The link is gone, and with it what was asked for and what came of a full state. */
    void lost(Link link) {
        release(link);
        ledger.replica().states().forEach(state -> state.abandon(link.id));
    }

    private void release(Link link) {
        link.pullDeadline = null;
        pulls.values().removeIf(id -> id == link.id);
    }
}
