package dev.weft.proxy.balance;

import dev.weft.proxy.selection.Candidate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps the {@link Target} of each endpoint over changes of the set. Used by one thread at a time. */
public final class TargetPool {
    private final BalanceSettings settings;
    private final Map<String, Target> present = new HashMap<>();
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
        present.keySet().retainAll(wanted.keySet());
        for (Candidate candidate : candidates) {
            present.computeIfAbsent(keyOf(candidate), key -> {
                Target fresh = new Target(candidate, settings);
                next.add(fresh);
                return fresh;
            });
        }
        order = List.copyOf(next);
        return new TargetSet(order);
    }

    private static String keyOf(Candidate candidate) {
        return candidate.identity() + "@" + candidate.authority();
    }
}
