package dev.weft.proxy.balance;

import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The algorithms by the names that the annotation {@code mesh.weft.dev/algorithm} uses. */
public enum Algorithm {
    ROUND_ROBIN("round-robin"),
    WEIGHTED_ROUND_ROBIN("weighted-round-robin"),
    RANDOM("random"),
    WEIGHTED_RANDOM("weighted-random"),
    LEAST_CONNECTION("least-connection"),
    LEAST_CONNECTION_EXACT("least-connection-exact"),
    LEAST_RESPONSE_TIME("least-response-time"),
    SOURCE_IP_HASH("source-ip-hash"),
    CONSISTENT_HASH("consistent-hash"),
    RING_HASH("ring-hash");

    private final String label;

    Algorithm(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** Empty for a name that is none of them. */
    public static Optional<Algorithm> named(String label) {
        for (Algorithm algorithm : values()) {
            if (algorithm.label.equals(label)) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }

    /** Whether endpoints of more weight get more connections. */
    public boolean heedsWeights() {
        return switch (this) {
            case ROUND_ROBIN, RANDOM, SOURCE_IP_HASH -> false;
            case WEIGHTED_ROUND_ROBIN, WEIGHTED_RANDOM -> true;
            case LEAST_CONNECTION, LEAST_CONNECTION_EXACT, LEAST_RESPONSE_TIME -> true;
            case CONSISTENT_HASH, RING_HASH -> true;
        };
    }

    /** Whether a client's target is a matter of its key. */
    boolean byClient() {
        return this == SOURCE_IP_HASH || this == CONSISTENT_HASH || this == RING_HASH;
    }

    /**
     * A balancer of this kind that prefers the first of the tiers, over all of their targets.
     *
     * @param before what was in use, whose knowledge is kept as far as it is of this kind
     */
    public Balancer tiered(
            BalanceSettings settings,
            LongSupplier seeds,
            RoundTrips roundTrips,
            List<TargetTier> tiers,
            TargetSet targets,
            @Nullable Balancer before) {
        LocalityBalancer.Rules rules = new LocalityBalancer.Rules(
                roundTrips, settings.overprovisioningPercent(), byClient(), new Dice(seeds.getAsLong()));
        return LocalityBalancer.of(rules, tiers, targets, () -> balancer(settings, seeds.getAsLong()), before);
    }

    /**
     * A balancer of this kind over no targets yet.
     *
     * @param seed where its random choices start
     */
    public Balancer balancer(BalanceSettings settings, long seed) {
        TargetSet none = new TargetSet(List.of());
        return switch (this) {
            case ROUND_ROBIN -> new RoundRobin(none, 0);
            case WEIGHTED_ROUND_ROBIN -> new WeightedRoundRobin(none, 0);
            case RANDOM -> new UniformRandom(none, new Dice(seed));
            case WEIGHTED_RANDOM -> new WeightedRandom(none, new Dice(seed));
            case LEAST_CONNECTION -> new PowerOfTwoChoices(none, new Dice(seed), false);
            case LEAST_RESPONSE_TIME -> new PowerOfTwoChoices(none, new Dice(seed), true);
            case LEAST_CONNECTION_EXACT -> new LeastConnection(none, new Dice(seed));
            case SOURCE_IP_HASH -> new SourceHash(none);
            case CONSISTENT_HASH -> new MaglevTable(none, settings.maglevTableSize());
            case RING_HASH ->
                new BoundedRing(none, settings.ringPoints(), settings.boundedLoad(), settings.boundedLoadFloor());
        };
    }
}
