package dev.weft.proxy.explanation;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.balance.Shares;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.selection.Choice;
import dev.weft.proxy.selection.Locality;
import dev.weft.proxy.selection.LocalityTier;
import dev.weft.proxy.selection.LocalityTiers;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.selection.Reason;
import dev.weft.proxy.selection.TrafficRules;
import dev.weft.proxy.selection.Weighting;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.TrafficPolicy;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is left of a choice after cordons, weights and the preference for near endpoints, and the shares. Pure. */
final class Portions {
    private final Map<String, Portion> byEndpoint = new HashMap<>();
    private final boolean cordonedUsed;
    private final String sharesAre;

    /**
     * What becomes of one endpoint in choice.
     *
     * @param reason null where it stays in choice
     * @param weight that it has in the end
     * @param percent of 100; null where it gets nothing
     * @param though what would keep it from getting anything if there were others; empty for nothing
     */
    record Portion(
            @Nullable Reason reason, int weight, @Nullable Double percent, String though) {}

    /**
     * What holds for the traffic.
     *
     * @param nearest the finest level of nearness that counts
     * @param distances less for a nearer one of the other clusters; empty where it is not known
     */
    record Wishes(
            Algorithm algorithm,
            TrafficPolicy policy,
            TrafficRules rules,
            Locality nearest,
            Function<String, OptionalInt> distances) {
        /** Those that a service's annotations tell. */
        static Wishes of(
                ServiceEntry entry,
                Algorithm algorithm,
                TrafficPolicy policy,
                TrafficRules rules,
                Function<String, OptionalInt> distances) {
            Locality nearest = policy == TrafficPolicy.LOCAL
                    ? Locality.NONE
                    : Locality.named(entry.annotation("locality")).orElse(Locality.NONE);
            return new Wishes(algorithm, policy, rules, nearest, distances);
        }

        /** The tiers as proxy-nodes order them that measure these distances; those of unknown distance last, by name. */
        List<LocalityTier> nearestFirst(List<LocalityTier> tiers) {
            return tiers.stream()
                    .sorted(Comparator.comparing(LocalityTier::remote).thenComparing(this::rank))
                    .toList();
        }

        /** Whether one of these tiers is known to be nearer than another one behind it. */
        boolean knowsNearer(LocalityTier one, LocalityTier other) {
            return !one.remote()
                    || (rank(one) < rank(other)
                            && distances.apply(other.cluster()).isPresent());
        }

        private int rank(LocalityTier tier) {
            return tier.remote() ? distances.apply(tier.cluster()).orElse(Integer.MAX_VALUE) : tier.rank();
        }
    }

    Portions(
            Choice choice,
            ServicePicture picture,
            ServicePort port,
            boolean ipv6,
            NodeIdentity node,
            BalanceSettings settings,
            Wishes wishes) {
        List<Candidate> left = Weighting.apply(choice.chosen(), picture, node, wishes.rules());
        for (Candidate candidate : choice.chosen()) {
            String cluster = candidate.cluster().isEmpty() ? node.cluster() : candidate.cluster();
            boolean cordoned = wishes.rules().cordoned().contains(cluster);
            Reason why = cordoned ? Reason.CORDONED : Weighting.weightless(candidate, picture, node);
            byEndpoint.put(key(candidate), new Portion(why, 0, null, ""));
        }
        this.cordonedUsed = left.stream().anyMatch(candidate -> why(candidate) == Reason.CORDONED);
        List<LocalityTier> tiers = wishes.nearest() == Locality.NONE
                ? List.of()
                : wishes.nearestFirst(LocalityTiers.of(left, picture, port, ipv6, node, wishes.nearest()));
        Shares shares = Shares.overTiers(wishes.algorithm(), tiers, left, settings);
        Map<String, Double> parts = new HashMap<>();
        for (int i = 0; i < left.size(); i++) {
            parts.put(key(left.get(i)), shares.parts().get(i));
        }
        for (Candidate candidate : left) {
            byEndpoint.put(key(candidate), portion(candidate, tiers, parts, wishes));
        }
        this.sharesAre = left.isEmpty() ? "" : shares.basis().sentence();
    }

    private Portion portion(Candidate candidate, List<LocalityTier> tiers, Map<String, Double> parts, Wishes wishes) {
        double part = parts.getOrDefault(key(candidate), 0.0);
        if (!tiers.isEmpty() && part == 0) {
            LocalityTier own = tierOf(candidate, tiers);
            boolean certain = tiers.stream()
                    .filter(tier -> tier.candidates().stream().anyMatch(one -> parts.getOrDefault(key(one), 0.0) > 0))
                    .allMatch(tier -> wishes.knowsNearer(tier, own));
            return new Portion(certain ? Reason.FARTHER : Reason.PERHAPS_FARTHER, candidate.weight(), null, "");
        }
        String though = cordonedUsed ? ", though its cluster is cordoned: nothing else is in choice" : "";
        return new Portion(null, candidate.weight(), part * 100, though);
    }

    private static LocalityTier tierOf(Candidate candidate, List<LocalityTier> tiers) {
        return tiers.stream()
                .filter(tier -> tier.candidates().contains(candidate))
                .findFirst()
                .orElseThrow();
    }

    private @Nullable Reason why(Candidate candidate) {
        Portion portion = byEndpoint.get(key(candidate));
        return portion == null ? null : portion.reason();
    }

    /** Null for an endpoint that was not in choice. */
    @Nullable
    Portion of(Candidate candidate) {
        return byEndpoint.get(key(candidate));
    }

    /** Whether all that is in choice is in cordoned clusters, which are used for that reason only. */
    boolean cordonedUsed() {
        return cordonedUsed;
    }

    String sharesAre() {
        return sharesAre;
    }

    private static String key(Candidate candidate) {
        return candidate.cluster() + "@" + candidate.authority();
    }
}
