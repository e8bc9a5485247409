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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is left of a choice after cordons, weights and the preference for near endpoints, and the shares. Pure. */
final class Portions {
    private final Map<String, Portion> byEndpoint = new HashMap<>();
    private final String sharesAre;

    /**
     * What becomes of one endpoint in choice.
     *
     * @param reason null where it stays in choice
     * @param weight that it has in the end
     * @param percent of 100; null where it gets nothing
     */
    record Portion(
            @Nullable Reason reason, int weight, @Nullable Double percent) {}

    /**
     * What holds for the traffic.
     *
     * @param nearest the finest level of nearness that counts
     */
    record Wishes(Algorithm algorithm, TrafficPolicy policy, TrafficRules rules, Locality nearest) {
        /** Those that a service's annotations tell. */
        static Wishes of(ServiceEntry entry, Algorithm algorithm, TrafficPolicy policy, TrafficRules rules) {
            Locality nearest = Locality.named(entry.annotation("locality")).orElse(Locality.NONE);
            return new Wishes(algorithm, policy, rules, policy == TrafficPolicy.LOCAL ? Locality.NONE : nearest);
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
            byEndpoint.put(key(candidate), new Portion(why, 0, null));
        }
        List<LocalityTier> tiers = wishes.nearest() == Locality.NONE
                ? List.of()
                : LocalityTiers.of(left, picture, port, ipv6, node, wishes.nearest());
        Shares shares = Shares.overTiers(wishes.algorithm(), tiers, left, settings);
        for (int i = 0; i < left.size(); i++) {
            Candidate candidate = left.get(i);
            double part = shares.parts().get(i);
            boolean farther = !tiers.isEmpty() && part == 0;
            byEndpoint.put(
                    key(candidate),
                    new Portion(farther ? Reason.FARTHER : null, candidate.weight(), farther ? null : part * 100));
        }
        this.sharesAre = left.isEmpty() ? "" : shares.basis().sentence();
    }

    /** Null for an endpoint that was not in choice. */
    @Nullable
    Portion of(Candidate candidate) {
        return byEndpoint.get(key(candidate));
    }

    String sharesAre() {
        return sharesAre;
    }

    private static String key(Candidate candidate) {
        return candidate.cluster() + "@" + candidate.authority();
    }
}
