package dev.weft.proxy.balance;

import dev.weft.proxy.selection.Candidate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** The number of the last update. */
    private long update;

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
     * The set for these endpoints; an endpoint known before keeps its counters and its place. The same set as before where
     * neither endpoints nor weights differ.
     */
    public TargetSet update(List<Candidate> candidates) {
        update++;
        int stay = 0;
        boolean reweighed = false;
        List<Target> entered = List.of();
        for (Candidate candidate :
                candidates) { // for every change anywhere in the service: nothing is built where all stay
            Key key = Key.of(candidate);
            Target target = present.get(key);
            if (target == null) {
                target = enter(key, candidate);
                entered = entered.isEmpty() ? new ArrayList<>() : entered;
                entered.add(target);
            } else {
                stay += target.namedBy() != update ? 1 : 0;
                reweighed |= target.weight() != candidate.weight();
            }
            target.named(update, candidate.weight());
        }
        if (entered.isEmpty() && stay == targets.size() && !reweighed) {
            return targets;
        }
        List<Target> next = new ArrayList<>(stay + entered.size());
        for (Target target : targets.asList()) {
            if (target.namedBy() == update) {
                next.add(target);
            }
        }
        if (stay < targets.size()) {
            leave();
        }
        next.addAll(entered);
        targets = new TargetSet(next);
        return targets;
    }

    private Target enter(Key key, Candidate candidate) {
        Target returned = left.remove(key);
        Target entering = returned == null ? new Target(candidate, settings) : returned;
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

    /** What this update did not name goes. */
    private void leave() {
        present.entrySet().removeIf(entry -> {
            boolean gone = entry.getValue().namedBy() != update;
            if (gone) {
                left.put(entry.getKey(), entry.getValue());
            }
            return gone;
        });
        Iterator<Target> longestGone = left.values().iterator();
        while (left.size() > MAX_IDLE_LEFT && longestGone.hasNext()) {
            Target gone = longestGone.next();
            if (gone.open() == 0) {
                forgotten = forgotten.and(Traffic.of(gone));
                longestGone.remove();
            }
        }
    }
}
