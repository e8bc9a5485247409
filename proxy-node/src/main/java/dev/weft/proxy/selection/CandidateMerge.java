package dev.weft.proxy.selection;

import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.Slice;
import dev.weft.proxy.view.SliceEndpoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Merges the slices of a service into one endpoint by address and port (rule EPS-9); pure. */
final class CandidateMerge {
    private CandidateMerge() {}

    /** In order of cluster and authority, so that every call with equal slices gives an equal list. */
    static List<Candidate> merge(ServicePicture picture, ServicePort port, boolean ipv6, NodeIdentity node) {
        Map<String, Seen> byAuthority = new HashMap<>();
        for (Slice slice : picture.slices().values()) {
            if (slice.ipv6() != ipv6) {
                continue;
            }
            for (Slice.SlicePort slicePort : slice.ports()) {
                if (slicePort.name().equals(port.name()) && slicePort.protocol() == port.protocol()) {
                    collect(slice, slicePort.port(), node, byAuthority);
                }
            }
        }
        List<Candidate> merged = new ArrayList<>();
        byAuthority.values().forEach(seen -> merged.add(seen.candidate()));
        merged.sort(Comparator.comparing(Candidate::cluster).thenComparing(Candidate::authority));
        return merged;
    }

    private static void collect(Slice slice, int port, NodeIdentity node, Map<String, Seen> byAuthority) {
        for (SliceEndpoint endpoint : slice.endpoints()) {
            if ((endpoint.address().indexOf(':') >= 0) == slice.ipv6()) { // rule EPS-7: the wrong family is ignored
                Seen seen = new Seen(candidate(slice, endpoint, port, node), endpoint, slice);
                byAuthority.merge(seen.candidate().authority(), seen, CandidateMerge::prefer);
            }
        }
    }

    /**
     * Two slices name the same address. The same object behind it is an endpoint that moves between slices: the newer
     * slice knows better. Different objects are a reused Pod address: the live one wins over the ghost, whichever slice
     * is newer.
     */
    private static Seen prefer(Seen one, Seen other) {
        boolean sameTarget = Objects.equals(one.endpoint.targetUid(), other.endpoint.targetUid());
        Comparator<Seen> byVersion = Comparator.comparingLong(seen -> seen.slice.version());
        Comparator<Seen> byLife = Comparator.comparingInt(seen -> liveliness(seen.candidate));
        Comparator<Seen> order = sameTarget ? byVersion.thenComparing(byLife) : byLife.thenComparing(byVersion);
        int preference = order.thenComparing(seen -> seen.slice.id()).compare(one, other);
        return preference >= 0 ? one : other;
    }

    private static int liveliness(Candidate candidate) {
        if (candidate.ready()) {
            return 3;
        }
        if (candidate.serving()) {
            return candidate.terminating() ? 1 : 2;
        }
        return 0;
    }

    private static Candidate candidate(Slice slice, SliceEndpoint endpoint, int port, NodeIdentity node) {
        boolean ownCluster = slice.cluster().isEmpty() || slice.cluster().equals(node.cluster());
        String target = endpoint.targetUid() != null ? endpoint.targetUid() : endpoint.address() + ":" + port;
        return new Candidate(
                endpoint.address(),
                port,
                slice.cluster(),
                slice.cluster() + "/" + target,
                endpoint.ready(),
                endpoint.serving(),
                endpoint.terminating(),
                ownCluster && node.name().equals(endpoint.nodeName()),
                endpoint.hintNodes(),
                endpoint.hintZones(),
                endpoint.weight(),
                slice.stale());
    }

    private record Seen(Candidate candidate, SliceEndpoint endpoint, Slice slice) {}
}
