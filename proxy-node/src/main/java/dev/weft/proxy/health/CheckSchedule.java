package dev.weft.proxy.health;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Which targets are due for a check, and what their checks have shown. Knows no clock but the times that it is told, in
 * nanoseconds of one monotonic clock; for one thread.
 *
 * <p>Checks of a target never overlap. Each interval is longer or shorter by up to a tenth, at random, so that targets
 * that came together drift apart; a new target is checked within the first second, or its interval if that is less.
 */
public final class CheckSchedule {
    /** Of {@link #nextNanos} when nothing is to be done. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final double JITTER = 0.2;
    private static final long FIRST_WITHIN_NANOS = 1_000_000_000L;

    private final RandomGenerator random;
    private final Map<ProbeTarget, Entry> entries = new HashMap<>();
    private final PriorityQueue<Entry> queue = new PriorityQueue<>(Comparator.comparingLong(entry -> entry.dueNanos));

    public CheckSchedule(RandomGenerator random) {
        this.random = random;
    }

    /** These are the targets now; what is known of those that stay is kept. */
    public void keep(Set<ProbeTarget> targets, long nowNanos) {
        for (ProbeTarget gone : new HashSet<>(entries.keySet())) {
            if (!targets.contains(gone)) {
                queue.remove(entries.remove(gone));
            }
        }
        for (ProbeTarget target : targets) {
            if (!entries.containsKey(target)) {
                long within =
                        Math.min(FIRST_WITHIN_NANOS, target.check().interval().toNanos());
                Entry entry = new Entry(target, nowNanos + (long) (within * random.nextDouble()));
                entries.put(target, entry);
                queue.add(entry);
            }
        }
    }

    /**
     * Takes out what is due; each is under way until its {@link #result} is told.
     *
     * @param most how many at most
     */
    public List<ProbeTarget> due(long nowNanos, int most) {
        List<ProbeTarget> due = new ArrayList<>();
        for (Entry first = queue.peek();
                first != null && first.dueNanos <= nowNanos && due.size() < most;
                first = queue.peek()) {
            queue.remove();
            first.waiting = false;
            double factor = 1 + JITTER * (random.nextDouble() - 0.5);
            first.dueNanos = nowNanos + (long) (first.target.check().interval().toNanos() * factor);
            due.add(first.target);
        }
        return due;
    }

    /** Tells what a check has shown; of a target that is no more it is forgotten. Says whether the verdict changed. */
    public boolean result(ProbeTarget target, boolean passed) {
        Entry entry = entries.get(target);
        if (entry == null) {
            return false;
        }
        if (!entry.waiting) {
            entry.waiting = true;
            queue.add(entry);
        }
        HealthState before = entry.state;
        HealthCheck check = target.check();
        entry.state = before.after(passed, check.healthyThreshold(), check.unhealthyThreshold());
        return before.verdict() != entry.state.verdict();
    }

    /** Of what is no target: unknown. */
    public Verdict verdict(ProbeTarget target) {
        Entry entry = entries.get(target);
        return entry == null ? Verdict.UNKNOWN : entry.state.verdict();
    }

    /** When the next check is due; {@link #NEVER} when all are under way or there are none. */
    public long nextNanos() {
        Entry first = queue.peek();
        return first == null ? NEVER : first.dueNanos;
    }

    private static final class Entry {
        private final ProbeTarget target;
        private long dueNanos;
        private boolean waiting = true;
        private HealthState state = HealthState.UNKNOWN;

        private Entry(ProbeTarget target, long dueNanos) {
            this.target = target;
            this.dueNanos = dueNanos;
        }
    }
}
