package dev.weft.gossip.member;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far the clocks of other clusters are off, by the stamps of their heartbeats. Pure; belongs to one owner.
 *
 * <p>A stamp is always older than its arrival by the time that it travelled, so the largest of (stamp - arrival) is the
 * best guess. What counts is the distance from the middle of all clusters, this one included: so a cluster whose own
 * clock is off comes to the same judgement of everybody as the others do. Of an even number the later middle counts,
 * since being behind is what could be used: an export that claims to be older than it is.
 */
public final class ClockOffsets {
    /** Fewer heartbeats say nothing: one that was held up on its way looks like a clock that is behind. */
    private static final int LEAST_SAMPLES = 4;

    private static final Duration WINDOW = Duration.ofSeconds(30);

    private final Duration bound;
    private final Map<String, Estimate> estimates = new HashMap<>();
    private final Map<String, Boolean> off = new TreeMap<>();
    private long ahead;

    /** @param bound how far a clock may be behind the middle before it is called off */
    public ClockOffsets(Duration bound) {
        this.bound = bound;
    }

    /** Takes in that a heartbeat of a cluster rose to this stamp. */
    public void heard(String cluster, Instant stamp, Instant now) {
        boolean first = !estimates.containsKey(cluster);
        estimates
                .computeIfAbsent(cluster, unknown -> new Estimate(now))
                .add(Duration.between(now, stamp).toMillis(), now);
        if (first) {
            agree();
        }
    }

    /** Judges all clusters anew. */
    public void judge() {
        agree();
        List<Long> offsets = new ArrayList<>();
        offsets.add(0L);
        estimates.values().stream()
                .map(Estimate::millis)
                .filter(java.util.Objects::nonNull)
                .forEach(offsets::add);
        Collections.sort(offsets);
        long middle = offsets.get(offsets.size() / 2);
        estimates.forEach((cluster, estimate) -> {
            Long millis = estimate.millis();
            if (millis != null) {
                off.put(cluster, isOff(middle - millis, off.getOrDefault(cluster, false)));
            }
        });
        off.put("", isOff(middle, off.getOrDefault("", false)));
    }

    /** Comes back within half of the bound only, so that nobody goes to and fro. */
    private boolean isOff(long behindMillis, boolean before) {
        return behindMillis > (before ? bound.toMillis() / 2 : bound.toMillis());
    }

    /**
     * How far the clocks of the others agree to be ahead of the one here; zero where they do not. A stamp from the future
     * is one that is ahead of that. Of an even number the earlier middle counts, so that one other cannot say it alone.
     */
    public Duration ahead() {
        return Duration.ofMillis(ahead);
    }

    private void agree() {
        List<Long> known = new ArrayList<>();
        known.add(0L);
        // One heartbeat is enough here: being held up makes nobody look ahead.
        estimates.values().forEach(estimate -> known.add(estimate.best()));
        Collections.sort(known);
        ahead = Math.max(0, known.get((known.size() - 1) / 2));
    }

    /** Whether the clock of another cluster is too far behind for its word on what is older. */
    public boolean off(String cluster) {
        return off.getOrDefault(cluster, false);
    }

    /** Whether the clock of this cluster is. */
    public boolean selfOff() {
        return off.getOrDefault("", false);
    }

    /** Takes over what an earlier life thought of a cluster. */
    public void restore(String cluster, boolean wasOff) {
        off.put(cluster, wasOff);
    }

    /** How far its clock is ahead of the one here, negative where it is behind; null while that is not known. */
    public @Nullable Duration offset(String cluster) {
        Estimate estimate = estimates.get(cluster);
        Long millis = estimate == null ? null : estimate.millis();
        return millis == null ? null : Duration.ofMillis(millis);
    }

    /** Forgets clusters that are gone. */
    public void retain(Collection<String> known) {
        estimates.keySet().retainAll(known);
        off.keySet().removeIf(cluster -> !cluster.isEmpty() && !known.contains(cluster));
    }

    /** The largest sample of this window and of the one before. */
    private static final class Estimate {
        private Instant begun;
        private long largest = Long.MIN_VALUE;
        private int samples;
        private @Nullable Long before;

        private Estimate(Instant begun) {
            this.begun = begun;
        }

        private void add(long millis, Instant now) {
            if (samples >= LEAST_SAMPLES && begun.plus(WINDOW).isBefore(now)) {
                before = largest;
                largest = Long.MIN_VALUE;
                samples = 0;
                begun = now;
            }
            largest = Math.max(largest, millis);
            samples++;
        }

        private long best() {
            Long earlier = before;
            return earlier == null ? largest : Math.max(earlier, largest);
        }

        private @Nullable Long millis() {
            return samples < LEAST_SAMPLES ? before : Long.valueOf(best());
        }
    }
}
