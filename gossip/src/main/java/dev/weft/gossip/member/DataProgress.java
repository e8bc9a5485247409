package dev.weft.gossip.member;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * When each other cluster last made progress here: a sign of life of it arrived, and all that it is known to have said
 * is here, or at least more of it than before. A cluster whose links are open but whose records do not come is not
 * fresh. Pure: the time is passed in; belongs to one owner.
 *
 * <p>What an earlier life of this process knew is taken over, so that a restart neither makes an absent cluster fresh
 * nor a present one stale: until this process has listened for as long as it takes to become suspect, a cluster that was
 * not heard yet keeps the degree that it had.
 */
public final class DataProgress {
    /**
     * What is kept over a restart.
     *
     * @param at when the cluster last made progress
     * @param degree what was said of it last
     */
    public record Mark(String cluster, Instant at, Freshness degree) {}

    private final FreshnessSettings settings;
    private final Instant settled;
    private final Map<String, Entry> entries = new TreeMap<>();

    /** @param started when this life of the process began */
    public DataProgress(FreshnessSettings settings, Instant started) {
        this.settings = settings;
        this.settled = started.plus(settings.suspectAfter());
    }

    /** Takes over what an earlier life knew. */
    public void restore(Mark mark) {
        Entry entry = new Entry(mark.at(), mark.degree());
        entry.made = true;
        entries.put(mark.cluster(), entry);
    }

    /**
     * Looks at a cluster.
     *
     * @param lastHeard when a sign of life of it last arrived in this life; null if never
     * @param behind how many of its records are known to exist and are not here
     * @param reached rises whenever something of it arrives
     */
    public void look(String cluster, @Nullable Instant lastHeard, long behind, long reached, Instant now) {
        Entry entry = entries.computeIfAbsent(cluster, unknown -> new Entry(now, Freshness.FRESH));
        boolean moved = behind == 0 || reached > entry.reached;
        entry.reached = Math.max(entry.reached, reached);
        if (lastHeard != null && moved && (!entry.heard || lastHeard.isAfter(entry.at))) {
            entry.at = lastHeard;
            entry.heard = true;
            entry.made = true;
        }
        if (entry.heard || !now.isBefore(settled)) {
            entry.degree = settings.of(age(entry, now));
        }
    }

    /** What is to be thought of a cluster; one that was never looked at is fresh. */
    public Freshness degree(String cluster) {
        Entry entry = entries.get(cluster);
        return entry == null ? Freshness.FRESH : entry.degree;
    }

    /** How long it has made no progress. */
    public Duration staleness(String cluster, Instant now) {
        Entry entry = entries.get(cluster);
        return entry == null ? Duration.ZERO : age(entry, now);
    }

    /** When a cluster last made progress, in an earlier life of this process perhaps; null if it never did. */
    public @Nullable Instant last(String cluster) {
        Entry entry = entries.get(cluster);
        return entry == null || !entry.made ? null : entry.at;
    }

    /** What is to be kept since the last call: degrees that changed, and times that are much older where they are kept. */
    public List<Mark> unkept() {
        List<Mark> marks = new ArrayList<>();
        entries.forEach((cluster, entry) -> {
            Instant due = entry.kept == null
                    ? Instant.MIN
                    : entry.kept.plus(settings.staleAfter().dividedBy(2));
            if (entry.degree != entry.keptDegree || !entry.at.isBefore(due)) {
                entry.kept = entry.at;
                entry.keptDegree = entry.degree;
                marks.add(new Mark(cluster, entry.at, entry.degree));
            }
        });
        return marks;
    }

    /** Forgets all clusters but these; answers which. */
    public List<String> retain(Collection<String> known) {
        List<String> gone = entries.keySet().stream()
                .filter(cluster -> !known.contains(cluster))
                .toList();
        gone.forEach(entries::remove);
        return gone;
    }

    /** A clock that was set back does not make anything fresher than now. */
    private static Duration age(Entry entry, Instant now) {
        Duration age = Duration.between(entry.at, now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    private static final class Entry {
        private Instant at;
        private Freshness degree;
        private boolean heard;
        private boolean made;
        private long reached;
        private @Nullable Instant kept;
        private @Nullable Freshness keptDegree;

        private Entry(Instant at, Freshness degree) {
            this.at = at;
            this.degree = degree;
        }
    }
}
