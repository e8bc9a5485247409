package dev.weft.proxy.balance;

import dev.weft.proxy.selection.Candidate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps the {@link Target} of each endpoint over changes of the set. Used by one thread at a time. */
public final class TargetPool {
    /** How many that left are remembered, besides those with open connections. */
    private static final int MAX_IDLE_LEFT = 256;

    private final BalanceSettings settings;
    private final Map<Key, Target> present = new HashMap<>();
    /** Those that left, longest gone first: one that comes back is still the same. */
    private final Map<Key, Target> left = new LinkedHashMap<>();

    /** What those moved that are not remembered any more. */
    private Traffic forgotten = Traffic.NONE;

    private TargetSet targets = new TargetSet(List.of());

    /** What makes an endpoint the same one. */
    private record Key(String identity, String address, int port) {
        static Key of(Candidate candidate) {
            return new Key(candidate.identity(), candidate.address(), candidate.port());
        }

        @Override
        public int hashCode() { // looked up for every endpoint of every change
            return 31 * (31 * identity.hashCode() + address.hashCode()) + port;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key
                    && port == key.port
                    && identity.equals(key.identity)
                    && address.equals(key.address);
        }
    }

    public TargetPool(BalanceSettings settings) {
        this.settings = settings;
    }

    /**
     * The set for these endpoints; an endpoint known before keeps its counters and its place. It is the same object only while
     * endpoints and weights are the same: balancers lay shares out.
     */
    public TargetSet update(List<Candidate> candidates) {
        Map<Key, Candidate> wanted = new LinkedHashMap<>(2 * candidates.size());
        candidates.forEach(candidate -> wanted.put(Key.of(candidate), candidate));
        List<Key> gone = new ArrayList<>();
        boolean reweighed = false;
        for (Map.Entry<Key, Target> each : present.entrySet()) {
            Candidate candidate = wanted.remove(each.getKey());
            if (candidate == null) {
                gone.add(each.getKey());
            } else {
                reweighed |= candidate.weight() != each.getValue().weight();
                each.getValue().reweigh(candidate.weight());
            }
        }
        if (gone.isEmpty() && wanted.isEmpty() && !reweighed) {
            return targets;
        }
        Set<Target> leaving = Collections.newSetFromMap(new IdentityHashMap<>());
        gone.forEach(key -> leaving.add(leave(key)));
        List<Target> next = new ArrayList<>(targets.size() + wanted.size());
        for (Target target : targets.asList()) {
            if (!leaving.contains(target)) {
                next.add(target);
            }
        }
        wanted.forEach((key, candidate) -> next.add(enter(key, candidate)));
        targets = new TargetSet(next);
        return targets;
    }

    private Target enter(Key key, Candidate candidate) {
        Target returned = left.remove(key);
        Target entering = returned == null ? new Target(candidate, settings) : returned;
        entering.reweigh(candidate.weight());
        present.put(key, entering);
        return entering;
    }

    /** The target of an endpoint that the last update named; null for any other. */
    public @Nullable Target find(Candidate candidate) {
        return present.get(Key.of(candidate));
    }

    /** What all endpoints that there ever were have moved. */
    public Traffic traffic() {
        Traffic sum = forgotten;
        for (Target target : present.values()) {
            sum = sum.and(Traffic.of(target));
        }
        for (Target target : left.values()) {
            sum = sum.and(Traffic.of(target));
        }
        return sum;
    }

    private Target leave(Key key) {
        Target leaving = Objects.requireNonNull(present.remove(key));
        left.put(key, leaving);
        Iterator<Target> longestGone = left.values().iterator();
        while (left.size() > MAX_IDLE_LEFT && longestGone.hasNext()) {
            Target gone = longestGone.next();
            if (gone.open() == 0) {
                forgotten = forgotten.and(Traffic.of(gone));
                longestGone.remove();
            }
        }
        return leaving;
    }
}
