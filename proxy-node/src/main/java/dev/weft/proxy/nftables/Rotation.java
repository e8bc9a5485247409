package dev.weft.proxy.nftables;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.selection.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which the kernel leads to endpoints: of {@code n} places one is chosen by counting, by chance or by a hash
 * of the source; pure.
 *
 * <p>A weighted algorithm gives endpoint i the share {@code W_i / ΣW} by giving it as many places, after the weights have
 * been divided by their greatest common divisor, in the order of the smooth weighted round robin.
 */
final class Rotation {
    /** Places that a rotation may have. A longer cycle of weights is for other means. */
    static final int MAX_PLACES = 256;

    private Rotation() {}

    /** Whether the kernel can choose by it. */
    static boolean knows(Algorithm algorithm) {
        return switch (algorithm) {
            case ROUND_ROBIN, WEIGHTED_ROUND_ROBIN, RANDOM, WEIGHTED_RANDOM, SOURCE_IP_HASH -> true;
            default -> false;
        };
    }

    /** Whether places are taken one after the other. */
    static boolean byTurns(Algorithm algorithm) {
        return algorithm == Algorithm.ROUND_ROBIN || algorithm == Algorithm.WEIGHTED_ROUND_ROBIN;
    }

    /** Whether weights count. */
    static boolean weighted(Algorithm algorithm) {
        return algorithm == Algorithm.WEIGHTED_ROUND_ROBIN || algorithm == Algorithm.WEIGHTED_RANDOM;
    }

    /**
     * The places. Turns begin at an endpoint that depends on the whole list: a rewritten rule counts from zero again, and
     * else a list that changes often would lead to its first endpoint more than to others.
     *
     * @return empty when the cycle of the weights is longer than {@link #MAX_PLACES}
     */
    static List<Candidate> places(Algorithm algorithm, List<Candidate> candidates) {
        List<Candidate> places = new ArrayList<>(candidates);
        if (weighted(algorithm)) {
            places = smooth(candidates);
        } else if (algorithm == Algorithm.SOURCE_IP_HASH) {
            places.sort(Comparator.comparing(Candidate::identity).thenComparing(Candidate::authority));
        }
        if (byTurns(algorithm) && !places.isEmpty()) {
            int start = Math.floorMod(Fingerprint.number(authorities(places)), places.size());
            List<Candidate> turned = new ArrayList<>(places.subList(start, places.size()));
            turned.addAll(places.subList(0, start));
            places = turned;
        }
        return List.copyOf(places);
    }

    /** The sum of the weights, after division by what all have in common. */
    static long cycle(List<Candidate> candidates) {
        long divisor = divisor(candidates);
        return candidates.stream()
                .mapToLong(candidate -> candidate.weight() / divisor)
                .sum();
    }

    private static List<Candidate> smooth(List<Candidate> candidates) {
        long cycle = cycle(candidates);
        List<Candidate> places = new ArrayList<>();
        if (cycle > Math.max(MAX_PLACES, candidates.size())) {
            return places;
        }
        long divisor = divisor(candidates);
        long[] current = new long[candidates.size()];
        for (long place = 0; place < cycle; place++) {
            int best = 0;
            for (int i = 0; i < current.length; i++) {
                current[i] += candidates.get(i).weight() / divisor;
                best = current[i] > current[best] ? i : best;
            }
            current[best] -= cycle;
            places.add(candidates.get(best));
        }
        return places;
    }

    private static long divisor(List<Candidate> candidates) {
        long divisor = 0;
        for (Candidate candidate : candidates) {
            long other = candidate.weight();
            while (other != 0) {
                long rest = divisor % other;
                divisor = other;
                other = rest;
            }
        }
        return Math.max(1, divisor);
    }

    private static List<String> authorities(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::authority).toList();
    }
}
