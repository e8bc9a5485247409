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

/** Merges the slices of a service into one endpoint by address and port (rule EPS-9); pure. For one thread. */
final class CandidateMerge {
    private final NodeIdentity node;
    private final Map<String, Sighting> byAuthority = new HashMap<>();
    private final List<Sighting> superseded = new ArrayList<>();
    private final List<Slice> otherPorts = new ArrayList<>();

    private CandidateMerge(NodeIdentity node) {
        this.node = node;
    }

    static CandidateMerge of(ServicePicture picture, ServicePort port, boolean ipv6, NodeIdentity node) {
        CandidateMerge merge = new CandidateMerge(node);
        for (Slice slice : picture.slices().values()) {
            if (slice.ipv6() == ipv6) {
                merge.take(slice, port);
            }
        }
        return merge;
    }

    /** In order of cluster and authority, so that every call with equal slices gives an equal list. */
    List<Sighting> seen() {
        List<Map.Entry<String, Sighting>> sorted = new ArrayList<>(byAuthority.entrySet());
        sorted.sort(Comparator.comparing((Map.Entry<String, Sighting> seen) ->
                        seen.getValue().candidate().cluster())
                .thenComparing(Map.Entry::getKey));
        return sorted.stream().map(Map.Entry::getValue).toList();
    }

    /** What was said of the same addresses by slices whose word does not hold. */
    List<Sighting> superseded() {
        superseded.sort(Comparator.comparing((Sighting seen) -> seen.candidate().cluster())
                .thenComparing(seen -> seen.candidate().authority()));
        return List.copyOf(superseded);
    }

    /** Slices without such a port. */
    List<Slice> otherPorts() {
        return otherPorts;
    }

    private void take(Slice slice, ServicePort port) {
        boolean found = false;
        for (Slice.SlicePort slicePort : slice.ports()) {
            if (slicePort.name().equals(port.name()) && slicePort.protocol() == port.protocol()) {
                collect(slice, slicePort.port());
                found = true;
            }
        }
        if (!found) {
            otherPorts.add(slice);
        }
    }

    private void collect(Slice slice, int port) {
        for (SliceEndpoint endpoint : slice.endpoints()) {
            if ((endpoint.address().indexOf(':') >= 0) == slice.ipv6()) { // rule EPS-7: the wrong family is ignored
                Candidate candidate = candidate(slice, endpoint, port, node);
                Sighting seen = new Sighting(candidate, endpoint, slice);
                String authority = candidate.authority();
                Sighting before = byAuthority.put(authority, seen);
                if (before != null) {
                    Sighting holds = prefer(before, seen);
                    byAuthority.put(authority, holds);
                    superseded.add(holds.equals(seen) ? before : seen);
                }
            }
        }
    }

    /**
     * Two slices name the same address. The same object behind it is an endpoint that moves between slices: the newer
     * slice knows better. Different objects are a reused Pod address: the live one wins over the ghost, whichever slice
     * is newer.
     */
    private static Sighting prefer(Sighting one, Sighting other) {
        boolean sameTarget =
                Objects.equals(one.endpoint().targetUid(), other.endpoint().targetUid());
        Comparator<Sighting> byVersion =
                Comparator.comparingLong(seen -> seen.slice().version());
        Comparator<Sighting> byLife = Comparator.comparingInt(seen -> liveliness(seen.candidate()));
        Comparator<Sighting> order = sameTarget ? byVersion.thenComparing(byLife) : byLife.thenComparing(byVersion);
        int preference = order.thenComparing(seen -> seen.slice().id()).compare(one, other);
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
}
