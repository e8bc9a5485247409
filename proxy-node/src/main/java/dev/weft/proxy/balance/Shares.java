package dev.weft.proxy.balance;

import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.selection.LocalityTier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What part of new connections each endpoint can expect; pure.
 *
 * @param parts in the order of the endpoints, together 1
 */
public record Shares(Basis basis, List<Double> parts) {

    /** What the parts are parts of. */
    public enum Basis {
        IN_TURN("of the connections, in turn"),
        ON_AVERAGE("of the connections, on average"),
        EQUALLY_LOADED("of the connections, while all answer alike; really what is open and slow decides"),
        OF_CLIENTS("of all possible clients, each of which stays with its endpoint");

        private final String sentence;

        Basis(String sentence) {
            this.sentence = sentence;
        }

        /** For people. */
        public String sentence() {
            return sentence;
        }
    }

    public Shares {
        parts = List.copyOf(parts);
    }

    /**
     * The shares of endpoints where near ones are preferred.
     *
     * @param tiers the nearest first, as {@link LocalityBalancer} takes them; empty where all are alike
     */
    public static Shares overTiers(
            Algorithm algorithm, List<LocalityTier> tiers, List<Candidate> candidates, BalanceSettings settings) {
        if (tiers.isEmpty()) {
            return of(algorithm, candidates, settings);
        }
        int[] usable = tiers.stream().mapToInt(tier -> tier.candidates().size()).toArray();
        int[] known = tiers.stream().mapToInt(LocalityTier::known).toArray();
        int[] upTo = TierLoads.upTo(usable, known, settings.overprovisioningPercent());
        Map<Candidate, Double> parts = new HashMap<>();
        Basis basis = Basis.IN_TURN;
        int before = 0;
        for (int i = 0; i < upTo.length; i++) {
            List<Candidate> within = tiers.get(i).candidates();
            Shares inner = of(algorithm, within, settings);
            for (int j = 0; j < within.size(); j++) {
                parts.put(within.get(j), inner.parts.get(j) * (upTo[i] - before) / TierLoads.WHOLE);
            }
            basis = inner.basis;
            before = upTo[i];
        }
        return new Shares(
                basis,
                candidates.stream()
                        .map(candidate -> parts.getOrDefault(candidate, 0.0))
                        .toList());
    }

    /** The shares of endpoints that are all in choice. */
    public static Shares of(Algorithm algorithm, List<Candidate> candidates, BalanceSettings settings) {
        List<Target> targets = new ArrayList<>();
        for (Candidate candidate : candidates) {
            Target target = new Target(candidate, settings);
            targets.add(target);
        }
        return switch (algorithm) {
            case ROUND_ROBIN -> by(Basis.IN_TURN, targets, target -> 1);
            case WEIGHTED_ROUND_ROBIN -> by(Basis.IN_TURN, targets, Target::weight);
            case RANDOM -> by(Basis.ON_AVERAGE, targets, target -> 1);
            case WEIGHTED_RANDOM -> by(Basis.ON_AVERAGE, targets, Target::weight);
            case LEAST_CONNECTION, LEAST_CONNECTION_EXACT, LEAST_RESPONSE_TIME ->
                by(Basis.EQUALLY_LOADED, targets, Target::weight);
            case SOURCE_IP_HASH -> by(Basis.OF_CLIENTS, targets, target -> 1);
            case CONSISTENT_HASH -> {
                Map<Target, Double> entries =
                        new MaglevTable(new TargetSet(targets), settings.maglevTableSize()).parts();
                yield by(Basis.OF_CLIENTS, targets, target -> entries.getOrDefault(target, 0.0));
            }
            case RING_HASH -> {
                Map<Target, Double> arcs =
                        ring(new TargetSet(targets), settings).parts();
                yield by(Basis.OF_CLIENTS, targets, target -> arcs.getOrDefault(target, 0.0));
            }
        };
    }

    private static BoundedRing ring(TargetSet targets, BalanceSettings settings) {
        return new BoundedRing(targets, settings.ringPoints(), settings.boundedLoad(), settings.boundedLoadFloor());
    }

    private static Shares by(Basis basis, List<Target> targets, ToDoubleFunction<Target> size) {
        double sum = targets.stream().mapToDouble(size).sum();
        return new Shares(
                basis,
                targets.stream().map(target -> size.applyAsDouble(target) / sum).toList());
    }
}
