package dev.weft.proxy.selection;

import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.TrafficPolicy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Chooses the endpoints of a service port by kube-proxy's rules, in their order; pure. */
public final class EndpointSelection {
    private EndpointSelection() {}

    /** The lists for one port and address family; all empty while the service is not declared. */
    public static Selection select(ServicePicture picture, ServicePort port, boolean ipv6, NodeIdentity node) {
        ServiceEntry entry = picture.entry();
        if (entry == null) {
            return new Selection(List.of(), List.of(), List.of(), false);
        }
        List<Candidate> all = CandidateMerge.merge(picture, port, ipv6, node);
        List<Candidate> cluster = usesCluster(entry) ? clusterList(all, node) : List.of();
        List<Candidate> local = usesLocal(entry) ? localList(all) : List.of();
        Set<Candidate> reachable = new LinkedHashSet<>(cluster);
        reachable.addAll(local);
        boolean exists = all.stream().anyMatch(candidate -> candidate.ready() || candidate.servingTerminating());
        return new Selection(cluster, local, new ArrayList<>(reachable), exists);
    }

    /** Rule KP-1: an external Local policy still needs all endpoints, for traffic from inside of the cluster. */
    private static boolean usesCluster(ServiceEntry entry) {
        return entry.internalPolicy() != TrafficPolicy.LOCAL || entry.externallyAccessible();
    }

    private static boolean usesLocal(ServiceEntry entry) {
        return entry.internalPolicy() == TrafficPolicy.LOCAL
                || (entry.externalPolicy() == TrafficPolicy.LOCAL && entry.externallyAccessible());
    }

    /** Rule KP-3; what is terminating and not serving is never used (rule KP-5). */
    private static List<Candidate> clusterList(List<Candidate> all, NodeIdentity node) {
        List<Candidate> ready = freshest(filter(all, Candidate::ready));
        return ready.isEmpty()
                ? freshest(filter(all, Candidate::servingTerminating))
                : filter(ready, topology(ready, node));
    }

    /** Endpoints of a cluster of which nothing new is heard stay in use where there is nothing fresher. */
    private static List<Candidate> freshest(List<Candidate> all) {
        List<Candidate> fresh = filter(all, candidate -> !candidate.stale());
        return fresh.isEmpty() ? all : fresh;
    }

    /** Rule KP-4: its fallback is decided apart from the cluster list's, and hints do not matter. */
    private static List<Candidate> localList(List<Candidate> all) {
        List<Candidate> ready = filter(all, candidate -> candidate.local() && candidate.ready());
        return ready.isEmpty() ? filter(all, candidate -> candidate.local() && candidate.servingTerminating()) : ready;
    }

    /** Rule KP-2: a level counts when every ready endpoint has a hint for it and some hint names this node or zone. */
    private static Predicate<Candidate> topology(List<Candidate> ready, NodeIdentity node) {
        Predicate<Candidate> sameNode = candidate -> candidate.hintNodes().contains(node.name());
        if (ready.stream().noneMatch(candidate -> candidate.hintNodes().isEmpty())
                && ready.stream().anyMatch(sameNode)) {
            return sameNode;
        }
        Predicate<Candidate> sameZone = candidate -> candidate.hintZones().contains(node.zone());
        if (!node.zone().isEmpty()
                && ready.stream().noneMatch(candidate -> candidate.hintZones().isEmpty())
                && ready.stream().anyMatch(sameZone)) {
            return sameZone;
        }
        return candidate -> true;
    }

    private static List<Candidate> filter(List<Candidate> all, Predicate<Candidate> wanted) {
        return all.stream().filter(wanted).toList();
    }
}
