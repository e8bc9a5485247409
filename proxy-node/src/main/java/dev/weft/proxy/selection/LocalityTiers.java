package dev.weft.proxy.selection;

import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.Slice;
import dev.weft.proxy.view.SliceEndpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Sorts the endpoints in choice by how near they are; pure. */
public final class LocalityTiers {
    static final int NODE = 0;
    static final int ZONE = 1;
    static final int CLUSTER = 2;
    static final int OTHER_CLUSTER = 3;

    private LocalityTiers() {}

    /**
     * The tiers that have endpoints, the nearest first; other clusters by name, since their distance is not known here.
     * A tier of which none is in choice is left out.
     *
     * @param chosen what the selection has in choice, of one address family
     * @param nearest the finest level that counts
     */
    public static List<LocalityTier> of(
            List<Candidate> chosen,
            ServicePicture picture,
            ServicePort port,
            boolean ipv6,
            NodeIdentity node,
            Locality nearest) {
        Map<String, Place> places = new HashMap<>();
        Map<Place, Set<String>> known = new HashMap<>();
        for (Slice slice : picture.slices().values()) {
            for (Slice.SlicePort slicePort : slice.ports()) {
                if (slice.ipv6() != ipv6
                        || !slicePort.name().equals(port.name())
                        || slicePort.protocol() != port.protocol()) {
                    continue;
                }
                for (SliceEndpoint endpoint : slice.endpoints()) {
                    Place place = place(slice.cluster(), endpoint, node, nearest);
                    String key = slice.cluster() + "@" + endpoint.address() + "@" + slicePort.port();
                    places.merge(key, place, (one, other) -> one.compareTo(other) <= 0 ? one : other);
                    if (!endpoint.terminating()) {
                        known.computeIfAbsent(place, absent -> new HashSet<>()).add(key);
                    }
                }
            }
        }
        Map<Place, List<Candidate>> tiers = new TreeMap<>();
        for (Candidate candidate : chosen) {
            String key = candidate.cluster() + "@" + candidate.address() + "@" + candidate.port();
            Place place = places.getOrDefault(key, new Place(CLUSTER, ""));
            tiers.computeIfAbsent(place, absent -> new ArrayList<>()).add(candidate);
        }
        List<LocalityTier> sorted = new ArrayList<>();
        tiers.forEach((place, candidates) -> {
            int all = known.getOrDefault(place, Set.of()).size();
            sorted.add(new LocalityTier(place.rank, place.cluster, candidates, Math.max(all, candidates.size())));
        });
        return sorted;
    }

    private static Place place(String cluster, SliceEndpoint endpoint, NodeIdentity node, Locality nearest) {
        if (!cluster.isEmpty() && !cluster.equals(node.cluster())) {
            return new Place(OTHER_CLUSTER, cluster);
        }
        if (nearest == Locality.NODE && node.name().equals(endpoint.nodeName())) {
            return new Place(NODE, "");
        }
        boolean byZone = nearest == Locality.NODE || nearest == Locality.ZONE;
        boolean sameZone = !node.zone().isEmpty() && node.zone().equals(endpoint.zone());
        return new Place(byZone && sameZone ? ZONE : CLUSTER, "");
    }

    private record Place(int rank, String cluster) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byRank = Integer.compare(rank, other.rank);
            return byRank != 0 ? byRank : cluster.compareTo(other.cluster);
        }
    }
}
