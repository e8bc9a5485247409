package dev.weft.proxy.balance;

import dev.weft.proxy.selection.Candidate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps the {@link Target} of each endpoint over changes of the set. Used by one thread at a time. */
public final class TargetPool {
    /** How many that left are remembered, besides those with open connections. */
    private static final int MAX_IDLE_LEFT = 256;

    private final BalanceSettings settings;
    private final Map<String, Target> present = new HashMap<>();
    /** Those that left, longest gone first: one that comes back is still the same. */
    private final Map<String, Target> left = new LinkedHashMap<>();

    private List<Target> order = List.of();

    public TargetPool(BalanceSettings settings) {
        this.settings = settings;
    }

    /** The set for these endpoints; an endpoint known before keeps its counters and its place. */
    public TargetSet update(List<Candidate> candidates) {
        Map<String, Candidate> wanted = new HashMap<>();
        candidates.forEach(candidate -> wanted.put(keyOf(candidate), candidate));
        List<Target> next = new ArrayList<>();
        Set<Target> staying = new HashSet<>();
        wanted.forEach((key, candidate) -> {
            Target known = present.get(key);
            if (known != null) {
                known.reweigh(candidate.weight());
                staying.add(known);
            }
        });
        order.stream().filter(staying::contains).forEach(next::add);
        List.copyOf(present.keySet()).stream()
                .filter(key -> !wanted.containsKey(key))
                .forEach(this::leave);
        for (Candidate candidate : candidates) {
            present.computeIfAbsent(keyOf(candidate), key -> {
                Target returned = left.remove(key);
                Target added = returned == null ? new Target(candidate, settings) : returned;
                added.reweigh(candidate.weight());
                next.add(added);
                return added;
            });
        }
        order = List.copyOf(next);
        return new TargetSet(order);
    }

    /** The target of an endpoint that the last update named; null for any other. */
    public @Nullable Target find(Candidate candidate) {
        return present.get(keyOf(candidate));
    }

    private void leave(String key) {
        Target leaving = present.remove(key);
        if (leaving != null) {
            left.put(key, leaving);
        }
        Iterator<Target> longestGone = left.values().iterator();
        while (left.size() > MAX_IDLE_LEFT && longestGone.hasNext()) {
            if (longestGone.next().open() == 0) {
                longestGone.remove();
            }
        }
    }

    private static String keyOf(Candidate candidate) {
        return candidate.identity() + "@" + candidate.authority();
    }
}
