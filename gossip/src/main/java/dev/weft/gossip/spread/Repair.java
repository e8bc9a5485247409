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
import org.jspecify.annotations.Nullable;

/** Asks for what is missing; one request for each link and origin at a time. */
final class Repair {
    /** Wants in a frame; more follow with the next request. */
    private static final int WANTS = 2_048;

    private final Ledger ledger;
    private final OwnOrigins own;
    private final Outbox outbox;
    private final SealCheck check;
    private final SpreadSettings settings;
    private final Map<OriginId, Long> pulls = new HashMap<>();
    private final Map<OriginId, Long> behind = new HashMap<>();
    private long requests;

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
            Ledger.Verdict verdict = ledger.judge(digest.origin(), digest.highest(), node, now);
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
        if (link.asking != null) {
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
            if (!pulls.containsKey(origin)
                    && ledger.judge(origin, entry.getValue(), node, now) == Ledger.Verdict.ACCEPT) {
                OriginState state = ledger.replica().get(origin);
                wants.add(state == null ? new Want(origin, 0, false) : state.want(link.id));
                pulls.put(origin, link.id);
            }
        }
        if (!wants.isEmpty()) {
            Asking asking = new Asking(++requests, settings.framesAhead(), now.plus(settings.pullTimeout()));
            link.asking = asking;
            if (!outbox.send(link, new Frame.Wants(wants, asking.request, asking.awaited()))) {
                release(link);
            }
        }
    }

    /**
     * Takes in what was asked for, and asks for more.
     *
     * @return whether something new is here and nothing more is awaited from this peer
     */
    boolean take(Link link, NodeId node, Frame.Deltas deltas, Instant now) {
        Asking asking = link.asking;
        if (asking != null && deltas.request() != 0 && deltas.request() != asking.request) {
            // The rest of an answer that was given up.
            return false;
        }
        boolean more = asking != null && deltas.more();
        boolean news = asking != null && asking.news;
        for (Delta delta : deltas.deltas()) {
            Merged.Outcome outcome = take(link, node, delta, asking, now);
            news |= outcome == Merged.Outcome.NEW;
        }
        if (asking != null) {
            asking.news = news;
            asking.arrived();
        }
        if (asking != null && more && !(asking.broken && (asking.progressed || asking.awaited() == 0))) {
            asking.deadline = now.plus(settings.pullTimeout());
            int frames = asking.broken ? 0 : asking.more();
            if (frames > 0) {
                outbox.send(link, new Frame.Wants(List.of(), asking.request, frames));
            }
            return false;
        }
        release(link);
        if (deltas.deltas().isEmpty() && !more) {
            link.known.clear();
        }
        pull(link, node, now);
        return news && link.asking == null;
    }

    private Merged.Outcome take(Link link, NodeId node, Delta delta, @Nullable Asking asking, Instant now) {
        OriginId origin = delta.origin();
        // What is a part says nothing yet: nothing of it is seen before the last part is here.
        long upTo = delta.remaining() > 0 ? Long.MAX_VALUE : delta.upTo();
        if (ledger.judge(origin, upTo, node, now) != Ledger.Verdict.ACCEPT) {
            link.known.remove(origin);
            return Merged.Outcome.KNOWN;
        }
        if (ledger.future(delta.upTo(), now)) {
            ledger.future(origin, delta.upTo(), node);
            link.known.remove(origin);
            return Merged.Outcome.KNOWN;
        }
        Merged.Outcome outcome = ledger.merge(delta, link, node).outcome();
        boolean progress = outcome == Merged.Outcome.NEW || outcome == Merged.Outcome.STAGED;
        if (asking != null) {
            asking.progressed |= progress;
            asking.broken |= outcome == Merged.Outcome.GAP;
        }
        boolean lost = asking != null && outcome == Merged.Outcome.GAP;
        if (!lost) {
            caughtUp(origin, delta.remaining());
        }
        if (progress) {
            link.knows(origin, delta.upTo());
        } else if (!lost || !worthAsking(asking)) {
            // Asking again at once would give the same; the next round tells how far he is.
            link.known.remove(origin);
        }
        return outcome;
    }

    /** Where a part of an answer was lost, whether the next may bring more. */
    private static boolean worthAsking(@Nullable Asking asking) {
        return asking != null && asking.progressed;
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
            Asking asking = link.asking;
            if (asking != null && asking.deadline.isBefore(now)) {
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
        link.asking = null;
        pulls.values().removeIf(id -> id == link.id);
    }
}
