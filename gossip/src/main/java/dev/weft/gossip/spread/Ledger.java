package dev.weft.gossip.spread;

import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.Membership;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.Batch;
import dev.weft.gossip.origin.Delta;
import dev.weft.gossip.origin.Merged;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.origin.OriginState;
import dev.weft.gossip.origin.Replica;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replica with its rules of who may say what; tells followers and the store of all that changes. */
final class Ledger {
    /** What to do with a word on an origin. */
    enum Verdict {
        /** Take it. */
        ACCEPT,
        /** We write this origin ourselves: never take it, but notice where it says more than we know. */
        OURS,
        /** Never mind it. */
        IGNORE
    }

    /** The number of a cluster's last word before it left, in one life of its. */
    private record LastWord(long incarnation, long number) {}

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private final Replica replica = new Replica();
    private final Membership membership;
    private final SpreadSettings settings;
    private final StoreQueue store;
    private final Consumer<News> news;
    private final Refusals refusals;
    private final Set<OriginId> ours = new HashSet<>();
    private final Map<String, Long> departed = new HashMap<>();
    /** The last words of clusters that left: what they said up to then does not count any more when they are back. */
    private final Map<String, LastWord> lastWords = new HashMap<>();

    private final RollBook roll;
    private final FutureBound future;

    Ledger(
            Membership membership,
            RollBook roll,
            SpreadSettings settings,
            StoreQueue store,
            Consumer<News> news,
            Refusals refusals,
            FutureBound future) {
        this.future = future;
        this.roll = roll;
        this.membership = membership;
        this.settings = settings;
        this.store = store;
        this.news = news;
        this.refusals = refusals;
        replica.adopt(membership.self().id().cluster(), membership.self().incarnation());
    }

    Replica replica() {
        return replica;
    }

    /**
     * Takes in what an earlier life stored; origins of earlier incarnations, and what is not as its origin sealed it, are
     * taken out of the store.
     */
    void restore(List<OriginState> states) {
        states.stream().filter(state -> state.holds(roll.verifier())).forEach(replica::restore);
        for (OriginState state : states) {
            if (replica.get(state.id()) != state) {
                store.gone(state);
            }
        }
    }

    /** From now on only this process writes the origin, or no longer. */
    void own(OriginId origin, boolean owned) {
        if (owned) {
            ours.add(origin);
        } else {
            ours.remove(origin);
        }
    }

    /** Whether to take a word on an origin, up to a number, from a process. */
    Verdict judge(OriginId origin, long upTo, NodeId from, Instant now) {
        Node self = membership.self();
        if (origin.cluster().equals(self.id().cluster())) {
            return judgeOwnCluster(origin, from, self.incarnation());
        }
        // Of a cluster that left, or of which no process was heard yet, others may still tell records: nobody would
        // ever
        // say that they are to be forgotten.
        if (!roll.member(origin.cluster()) || !membership.knows(origin.cluster())) {
            return Verdict.IGNORE;
        }
        long known = replica.incarnation(origin.cluster());
        Long left = departed.get(origin.cluster());
        if (origin.incarnation() < known
                || (left != null && origin.incarnation() <= left)
                || saidBeforeItLeft(origin, upTo)) {
            return Verdict.IGNORE;
        }
        if (origin.incarnation() > known
                && known >= 0
                && membership.presentElsewhere(origin.cluster(), origin.incarnation(), null, now)) {
            refusals.refuse(
                    Refusals.Reason.OTHER_LIFE,
                    from.toString(),
                    "records of " + origin + ", while " + origin.cluster() + "@" + known + " is not unreachable");
            return Verdict.IGNORE;
        }
        if (replica.get(origin) == null && replica.states().size() >= settings.origins()) {
            refusals.refuse(
                    Refusals.Reason.TOO_MANY,
                    from.toString(),
                    "origin " + origin + " beyond the bound of " + settings.origins());
            return Verdict.IGNORE;
        }
        return Verdict.ACCEPT;
    }

    /** Who did not hear that it left may tell what it has withdrawn since. What it holds now it says anew, with a fence. */
    private boolean saidBeforeItLeft(OriginId origin, long upTo) {
        LastWord last = lastWords.get(origin.cluster());
        return last != null && origin.incarnation() == last.incarnation && upTo <= last.number;
    }

    private Verdict judgeOwnCluster(OriginId origin, NodeId from, long incarnation) {
        if (origin.incarnation() > incarnation) {
            refusals.refuse(
                    Refusals.Reason.OTHER_LIFE,
                    from.toString(),
                    "records of " + origin + ": this is " + origin.cluster() + ", in its life " + incarnation);
            return Verdict.IGNORE;
        }
        if (origin.incarnation() < incarnation) {
            return Verdict.IGNORE;
        }
        if (ours.contains(origin)) {
            return Verdict.OURS;
        }
        // Only processes of this cluster write for it; others tell what they once heard, as they should.
        return from.cluster().equals(origin.cluster()) ? Verdict.ACCEPT : Verdict.IGNORE;
    }

    /** Whether a stamp is too far ahead to be believed. */
    boolean future(long number, Instant now) {
        return future.exceeded(number, now);
    }

    void future(OriginId origin, long number, NodeId from) {
        refusals.refuse(Refusals.Reason.FUTURE, from.toString(), future.describe(origin.toString(), number));
    }

    /** Takes in pushed records that were judged acceptable. */
    Merged push(Batch batch, Link link, NodeId from) {
        OriginState state = state(batch.origin());
        if ((long) state.size() + batch.records().size() > 2L * settings.recordsPerOrigin()) {
            tooMany(batch.origin(), from);
            return nothing();
        }
        return noted(state, state.push(batch, link.id, roll.verifier()), from);
    }

    /** Takes in records that were asked for and judged acceptable. */
    Merged merge(Delta delta, Link link, NodeId from) {
        OriginState state = state(delta.origin());
        if ((long) state.size() + delta.records().size() > 2L * settings.recordsPerOrigin()
                || replica.stagedBytes() + delta.bytes() > settings.trust().stagedBytes()) {
            state.abandon(link.id);
            tooMany(delta.origin(), from);
            return nothing();
        }
        return noted(state, state.merge(delta, link.id, roll.verifier()), from);
    }

    private Merged noted(OriginState state, Merged merged, NodeId from) {
        if (merged.outcome() == Merged.Outcome.FORGED) {
            refusals.refuse(
                    Refusals.Reason.FORGED,
                    from.toString(),
                    state.id().toString(),
                    "records of " + state.id() + " that it did not sign");
        }
        note(state, merged);
        return merged;
    }

    /** What this process itself wrote to one of its origins. */
    void wrote(OriginState state, List<OriginRecord> written) {
        note(state, new Merged(Merged.Outcome.NEW, written, List.of(), written));
    }

    /** A cluster lives in a later incarnation: what earlier ones said is gone. */
    void adopt(String cluster, long incarnation) {
        long before = replica.incarnation(cluster);
        gone(replica.adopt(cluster, incarnation));
        if (before >= 0 && before < incarnation) {
            LOG.info("cluster {} began a new life {}, its records of life {} are gone", cluster, incarnation, before);
        }
    }

    /** Forgets what was stored of clusters of which no process is known any more. */
    void dropOrphans() {
        List<String> orphans = replica.states().stream()
                .map(state -> state.id().cluster())
                .distinct()
                .filter(cluster -> !membership.knows(cluster))
                .toList();
        orphans.forEach(cluster -> gone(replica.drop(cluster)));
    }

    /** A cluster left; nothing counts that it said up to its last word, also when it is back. */
    void left(String cluster, long incarnation, long lastWord) {
        lastWords.put(cluster, new LastWord(incarnation, lastWord));
        depart(cluster);
    }

    /** A cluster is to be forgotten: it was silent for longer than the retention, or this one left it. */
    void depart(String cluster) {
        departed.put(cluster, replica.incarnation(cluster));
        gone(replica.drop(cluster));
    }

    /**
     * A name has another key, or none. Which lives the old one had does not matter then, so that the new one may begin with a
     * clock that is behind the old one's.
     */
    void ousted(String cluster) {
        departed.remove(cluster);
        lastWords.remove(cluster);
        gone(replica.forget(cluster));
    }

    /** A cluster that was forgotten is there again. */
    void back(String cluster) {
        departed.remove(cluster);
    }

    /** Forgets tombstones from before the retention. */
    void purge(Instant now) {
        long upTo = HybridTimestamp.ofMillis(
                        Math.max(0, now.minus(settings.tombstoneRetention()).toEpochMilli()))
                .packed();
        for (OriginState state : replica.states()) {
            List<String> purged = state.purge(upTo);
            if (!purged.isEmpty()) {
                store.changed(state, List.of(), purged);
            }
        }
    }

    private OriginState state(OriginId origin) {
        if (origin.incarnation() > replica.incarnation(origin.cluster())) {
            adopt(origin.cluster(), origin.incarnation());
        }
        return replica.getOrCreate(origin);
    }

    private void note(OriginState state, Merged merged) {
        if (merged.outcome() == Merged.Outcome.NEW) {
            store.changed(state, merged.stored(), merged.dropped());
        }
        if (!merged.visible().isEmpty()) {
            news.accept(new News.OriginChanged(state.id(), merged.visible()));
        }
    }

    private void gone(List<OriginState> states) {
        for (OriginState state : states) {
            store.gone(state);
            news.accept(new News.OriginGone(state.id()));
        }
    }

    private void tooMany(OriginId origin, NodeId from) {
        refusals.refuse(
                Refusals.Reason.TOO_MANY,
                from.toString(),
                "records of " + origin + " beyond the bound of " + settings.recordsPerOrigin());
    }

    private static Merged nothing() {
        return new Merged(Merged.Outcome.KNOWN, List.of(), List.of(), List.of());
    }
}
