package dev.weft.proxy.balance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Prefers near targets: splits connections over tiers as {@link TierLoads} says, and leaves the choice within a tier to a
 * balancer of its own. Other clusters come after the own one, the nearest first; those never measured come before the
 * measured ones, and two of which neither is clearly nearer stay in their order. A client of an algorithm that hashes stays
 * with its tier while the parts stay as they are: it is led to no other cluster to measure that.
 */
public final class LocalityBalancer implements Balancer {
    private static final long REORDERED_NANOS = 10_000_000_000L;
    private static final long SALT = 0x6A09E667F3BCC909L;

    private final Rules rules;
    private final List<TargetTier> tiers;
    private final TargetSet targets;
    private final Balancer[] inner;
    private final int[] upTo;
    private final int sole;
    /** Tiers that are other clusters. */
    private final int remote;

    /**
     * What stays the same over changes of the set.
     *
     * @param byClient whether a client's tier is a matter of its key, else of chance
     * @param overprovisioningPercent from 100
     */
    record Rules(RoundTrips roundTrips, int overprovisioningPercent, boolean byClient, Dice dice) {}

    private LocalityBalancer(Rules rules, List<TargetTier> tiers, TargetSet targets, Balancer[] inner) {
        this.rules = rules;
        this.tiers = tiers;
        this.targets = targets;
        this.inner = inner;
        int[] usable = new int[inner.length];
        int[] known = new int[inner.length];
        for (int tier = 0; tier < inner.length; tier++) {
            usable[tier] = inner[tier].targets().size();
            known[tier] = Math.max(usable[tier], tiers.get(tier).known());
        }
        this.upTo = TierLoads.upTo(usable, known, rules.overprovisioningPercent);
        this.sole = sole(upTo);
        this.remote = (int)
                tiers.stream().filter(tier -> !tier.remoteCluster().isEmpty()).count();
    }

    /**
     * The same algorithm in each of these tiers.
     *
     * @param before what was in use; what its balancers of tiers of the same names have learnt is kept. Null, or of
     *     another kind, for a fresh start
     */
    static LocalityBalancer of(
            Rules rules,
            List<TargetTier> tiers,
            TargetSet targets,
            Supplier<Balancer> fresh,
            @Nullable Balancer before) {
        Map<String, Balancer> kept = new HashMap<>();
        Map<String, Integer> places = new HashMap<>();
        if (before instanceof LocalityBalancer tiered) {
            for (int tier = 0; tier < tiered.inner.length; tier++) {
                kept.put(tiered.tiers.get(tier).name(), tiered.inner[tier]);
                places.put(tiered.tiers.get(tier).name(), tier);
            }
        }
        List<TargetTier> asBefore = new ArrayList<>(tiers);
        asBefore.sort(Comparator.comparingInt(
                tier -> tier.remoteCluster().isEmpty() ? -1 : places.getOrDefault(tier.name(), Integer.MAX_VALUE)));
        return make(rules, asBefore, targets, kept, fresh, true);
    }

    @Override
    public @Nullable Target pick(ClientKey client, long nowNanos) {
        int tier = sole >= 0 ? sole : roll(client);
        return tier < 0 ? null : inner[asked(tier, nowNanos)].pick(client, nowNanos);
    }

    private int roll(ClientKey client) {
        int roll = rules.byClient
                ? Hashing.reduce(Hashing.mix(client.hash() ^ SALT), TierLoads.WHOLE)
                : rules.dice.next(TierLoads.WHOLE);
        for (int tier = 0; tier < upTo.length; tier++) {
            if (roll < upTo[tier]) {
                return tier;
            }
        }
        return -1;
    }

    /** Another cluster instead of the chosen one, when it is to be measured again. */
    private int asked(int chosen, long nowNanos) {
        if (remote < 2 || rules.byClient || tiers.get(chosen).remoteCluster().isEmpty()) {
            return chosen;
        }
        for (int tier = 0; tier < inner.length; tier++) {
            String cluster = tiers.get(tier).remoteCluster();
            if (tier != chosen
                    && !cluster.isEmpty()
                    && inner[tier].targets().size() > 0
                    && rules.roundTrips.ask(cluster, nowNanos)) {
                return tier;
            }
        }
        return chosen;
    }

    /**
     * Chooses in the nearest tier of which none has been tried: a whole tier may be gone before its failures have told so.
     *
     * @param takes whether a target may be chosen
     * @return null when there is no such tier, or none in them may be chosen
     */
    public @Nullable Target elsewhere(ClientKey client, long nowNanos, List<Target> tried, Predicate<Target> takes) {
        for (Balancer tier : inner) {
            TargetSet within = tier.targets();
            Target picked = tried.stream().anyMatch(within::contains) ? null : tier.pick(client, nowNanos);
            if (picked != null) {
                Optional<Target> taken = Stream.concat(Stream.of(picked), within.asList().stream())
                        .filter(takes)
                        .findFirst();
                if (taken.isPresent()) {
                    return taken.get();
                }
            }
        }
        return null;
    }

    @Override
    public Balancer over(TargetSet next) {
        Map<String, Balancer> kept = new HashMap<>();
        for (int tier = 0; tier < inner.length; tier++) {
            kept.put(tiers.get(tier).name(), inner[tier]);
        }
        return make(
                rules,
                tiers,
                next,
                kept,
                () -> {
                    throw new IllegalStateException("every tier has its balancer");
                },
                false);
    }

    @Override
    public TargetSet targets() {
        return targets;
    }

    @Override
    public boolean laysOutShares() {
        return inner.length > 0 && inner[0].laysOutShares();
    }

    @Override
    public boolean usesLatency() {
        return inner.length > 0 && inner[0].usesLatency();
    }

    @Override
    public long revisedAfterNanos() {
        return remote > 1 ? REORDERED_NANOS : 0;
    }

    private static LocalityBalancer make(
            Rules rules,
            List<TargetTier> tiers,
            TargetSet targets,
            Map<String, Balancer> kept,
            Supplier<Balancer> fresh,
            boolean reweighed) {
        List<TargetTier> sorted = sorted(tiers, rules.roundTrips);
        Balancer[] inner = new Balancer[sorted.size()];
        for (int index = 0; index < inner.length; index++) {
            TargetTier tier = sorted.get(index);
            Balancer before = kept.get(tier.name());
            TargetSet within = tier.within(targets);
            boolean same = !reweighed
                    && before != null
                    && !before.laysOutShares()
                    && before.targets().asList().equals(within.asList());
            inner[index] = same ? before : (before == null ? fresh.get() : before).over(within);
        }
        return new LocalityBalancer(rules, sorted, targets, inner);
    }

    /** Those of the own cluster first; each other one before the first than which it is clearly nearer. */
    private static List<TargetTier> sorted(List<TargetTier> tiers, RoundTrips roundTrips) {
        List<TargetTier> sorted = new ArrayList<>();
        List<TargetTier> remote = new ArrayList<>();
        for (TargetTier tier : tiers) {
            if (tier.remoteCluster().isEmpty()) {
                sorted.add(tier);
                continue;
            }
            int place = 0;
            while (place < remote.size()
                    && !roundTrips.isNearer(
                            tier.remoteCluster(), remote.get(place).remoteCluster())) {
                place++;
            }
            remote.add(place, tier);
        }
        sorted.addAll(remote);
        return sorted;
    }

    /** The only tier that gets anything; -1 when there are several or none. */
    private static int sole(int[] upTo) {
        int before = 0;
        for (int tier = 0; tier < upTo.length; tier++) {
            if (before == 0 && upTo[tier] == TierLoads.WHOLE) {
                return tier;
            }
            before = upTo[tier];
        }
        return -1;
    }
}
