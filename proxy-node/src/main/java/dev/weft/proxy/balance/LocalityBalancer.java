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
 * measured ones. A client of an algorithm that hashes stays with its tier while the parts stay as they are.
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
        if (before instanceof LocalityBalancer tiered) {
            for (int tier = 0; tier < tiered.inner.length; tier++) {
                kept.put(tiered.tiers.get(tier).name(), tiered.inner[tier]);
            }
        }
        return make(rules, tiers, targets, kept, fresh, true);
    }

    @Override
    public @Nullable Target pick(ClientKey client, long nowNanos) {
        if (sole >= 0) {
            return inner[sole].pick(client, nowNanos);
        }
        int roll = rules.byClient
                ? Hashing.reduce(Hashing.mix(client.hash() ^ SALT), TierLoads.WHOLE)
                : rules.dice.next(TierLoads.WHOLE);
        for (int tier = 0; tier < upTo.length; tier++) {
            if (roll < upTo[tier]) {
                return inner[tier].pick(client, nowNanos);
            }
        }
        return null;
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
        long remote =
                tiers.stream().filter(tier -> !tier.remoteCluster().isEmpty()).count();
        return remote > 1 ? REORDERED_NANOS : 0;
    }

    private static LocalityBalancer make(
            Rules rules,
            List<TargetTier> tiers,
            TargetSet targets,
            Map<String, Balancer> kept,
            Supplier<Balancer> fresh,
            boolean reweighed) {
        List<TargetTier> sorted = new ArrayList<>(tiers);
        sorted.sort(
                Comparator.comparing((TargetTier tier) -> !tier.remoteCluster().isEmpty())
                        .thenComparing(tier -> tier.remoteCluster().isEmpty()
                                ? 0
                                : rules.roundTrips.rank(tier.remoteCluster()))); // else in the order that they came in
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
