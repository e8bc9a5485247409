package dev.weft.proxy.selection;

import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.Slice;
import dev.weft.proxy.view.SliceEndpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What operators want of traffic, on top of the selection; pure. A cordoned cluster, and an endpoint, zone or cluster of
 * weight 0, gets nothing while anything else is in choice. A weight of an endpoint is its own, times its zone's, times its cluster's.
 */
public final class Weighting {
    /** Annotations of a Service or ServiceImport below {@code mesh.weft.dev/}, such as {@code east=3,west=1}. */
    public static final String CLUSTER_WEIGHTS = "cluster-weights";

    public static final String ZONE_WEIGHTS = "zone-weights";

    private static final Pattern WEIGHT = Pattern.compile("\\s*([^=\\s]{1,253})=([0-9]{1,3})\\s*");
    private static final int MAX_WEIGHT = 65_535;

    private Weighting() {}

    /** The endpoints that are left, with their weights, in the same order. */
    public static List<Candidate> apply(
            List<Candidate> chosen, ServicePicture picture, NodeIdentity node, TrafficRules rules) {
        ServiceEntry entry = picture.entry();
        Set<String> cordoned = rules.cordoned();
        List<Candidate> left = cordoned.isEmpty()
                ? chosen
                : unless(chosen, candidate -> cordoned.contains(clusterOf(candidate, node)));
        if (entry == null) {
            return left;
        }
        Map<String, Integer> byCluster = weights(entry.annotation(CLUSTER_WEIGHTS));
        Map<String, Integer> byZone = weights(entry.annotation(ZONE_WEIGHTS));
        boolean draining = left.stream().anyMatch(candidate -> candidate.weight() == 0);
        if (byCluster.isEmpty() && byZone.isEmpty() && !draining) {
            return left;
        }
        Map<String, String> zones = byZone.isEmpty() ? Map.of() : zones(picture);
        List<Candidate> weighted = new ArrayList<>();
        List<Candidate> weightless = new ArrayList<>();
        for (Candidate candidate : left) {
            String zone = zones.getOrDefault(candidate.cluster() + "@" + candidate.address(), "");
            long factor = (long) byCluster.getOrDefault(clusterOf(candidate, node), 1) * byZone.getOrDefault(zone, 1);
            if (factor * candidate.weight() == 0) {
                weightless.add(candidate.weighing(Math.max(1, candidate.weight())));
            } else {
                weighted.add(candidate.weighing((int) Math.min(MAX_WEIGHT, factor * candidate.weight())));
            }
        }
        return weighted.isEmpty() ? weightless : weighted;
    }

    /**
     * Whose weight of 0 it is for which {@link #apply} leaves an endpoint out: its own, before its cluster's and its zone's.
     *
     * @param chosen one of those that {@code apply} was given and did not give back, and not for a cordon
     */
    public static Reason weightless(Candidate chosen, ServicePicture picture, NodeIdentity node) {
        ServiceEntry entry = picture.entry();
        boolean byCluster = entry != null
                && Integer.valueOf(0)
                        .equals(weights(entry.annotation(CLUSTER_WEIGHTS)).get(clusterOf(chosen, node)));
        return chosen.weight() == 0
                ? Reason.WEIGHTLESS
                : byCluster ? Reason.CLUSTER_WEIGHTLESS : Reason.ZONE_WEIGHTLESS;
    }

    /** Whether every part of a list of weights is understood. */
    public static boolean readable(String annotation) {
        return Stream.of(annotation.split(",", -1))
                .allMatch(part -> WEIGHT.matcher(part).matches());
    }

    /** What is not understood in a list of weights is as if it were not there. */
    static Map<String, Integer> weights(String annotation) {
        if (annotation.isEmpty()) {
            return Map.of(); // as nearly always
        }
        Map<String, Integer> weights = new HashMap<>();
        for (String part : annotation.split(",", -1)) {
            Matcher matcher = WEIGHT.matcher(part);
            if (matcher.matches()) {
                weights.put(matcher.group(1), Integer.parseInt(matcher.group(2)));
            }
        }
        return weights;
    }

    private static List<Candidate> unless(List<Candidate> all, Predicate<Candidate> unwanted) {
        List<Candidate> wanted = all.stream().filter(unwanted.negate()).toList();
        return wanted.isEmpty() ? all : wanted;
    }

    private static String clusterOf(Candidate candidate, NodeIdentity node) {
        return candidate.cluster().isEmpty() ? node.cluster() : candidate.cluster();
    }

    private static Map<String, String> zones(ServicePicture picture) {
        Map<String, String> zones = new HashMap<>();
        for (Slice slice : picture.slices().values()) {
            for (SliceEndpoint endpoint : slice.endpoints()) {
                String zone = endpoint.zone();
                if (zone != null) {
                    zones.put(slice.cluster() + "@" + endpoint.address(), zone);
                }
            }
        }
        return zones;
    }
}
