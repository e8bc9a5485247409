package dev.weft.proxy.selection;

import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.SliceEndpoint;
import dev.weft.proxy.view.TrafficPolicy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Chooses the endpoints of a service port by kube-proxy's rules, in their order; pure. */
public final class EndpointSelection {
    private EndpointSelection() {}

    /** The lists for one port and address family; all empty while the service is not declared. */
    public static Selection select(ServicePicture picture, ServicePort port, boolean ipv6, NodeIdentity node) {
        return judge(picture, port, ipv6, node).selection();
    }

    /** The same with every endpoint that is not in choice, and the reasons. */
    public static Judgement judge(ServicePicture picture, ServicePort port, boolean ipv6, NodeIdentity node) {
        ServiceEntry entry = picture.entry();
        if (entry == null) {
            return new Judgement(List.of(), List.of(), List.of(), null, null);
        }
        CandidateMerge merge = CandidateMerge.of(picture, port, ipv6, node);
        List<Sighting> seen = merge.seen();
        List<Candidate> all = seen.stream().map(Sighting::candidate).toList();
        return new Judgement(
                seen,
                merge.superseded(),
                merge.otherPorts(),
                usesCluster(entry) ? clusterChoice(all, node) : null,
                usesLocal(entry) ? localChoice(all) : null);
    }

    /**
     * How many endpoints of a service on this node are ready, each once whatever its ports and families. Those that only
     * terminate do not count, though they may be in choice (rule KP-8). Where slices name no object behind an endpoint, its
     * hostname tells that it is the same one in two families; of those that have neither only those of the service's first
     * family count.
     */
    public static int localReady(ServicePicture picture, NodeIdentity node) {
        ServiceEntry entry = picture.entry();
        if (entry == null) {
            return 0;
        }
        boolean firstFamily = !entry.virtualAddresses().isEmpty()
                && entry.virtualAddresses().get(0).indexOf(':') >= 0;
        Set<Counted> ready = new HashSet<>();
        for (ServicePort port : entry.ports()) {
            for (boolean ipv6 : new boolean[] {false, true}) {
                CandidateMerge.of(picture, port, ipv6, node).seen().stream()
                        .filter(seen ->
                                seen.candidate().local() && seen.candidate().ready())
                        .map(seen -> Counted.of(seen.endpoint()))
                        .filter(counted -> ipv6 == firstFamily || counted.by != Counted.By.ADDRESS)
                        .forEach(ready::add);
            }
        }
        return ready.size();
    }

    /** What an endpoint of this node is counted once by. */
    private record Counted(By by, String value) {
        private enum By {
            TARGET,
            HOSTNAME,
            ADDRESS
        }

        static Counted of(SliceEndpoint endpoint) {
            String target = endpoint.targetUid();
            String hostname = endpoint.hostname();
            if (target != null) {
                return new Counted(By.TARGET, target);
            }
            return hostname != null ? new Counted(By.HOSTNAME, hostname) : new Counted(By.ADDRESS, endpoint.address());
        }
    }

    /** Rule KP-1: an external Local policy still needs all endpoints, for traffic from inside of the cluster. */
    private static boolean usesCluster(ServiceEntry entry) {
        return entry.internalPolicy() != TrafficPolicy.LOCAL || entry.externallyAccessible();
    }

    private static boolean usesLocal(ServiceEntry entry) {
        return entry.internalPolicy() == TrafficPolicy.LOCAL
                || (entry.externalPolicy() == TrafficPolicy.LOCAL && entry.externallyAccessible());
    }

    /**
     * Rule KP-3. Endpoints of a cluster of which nothing new is heard stay in use where there is nothing fresher; hints
     * count among ready endpoints only.
     */
    private static Choice clusterChoice(List<Candidate> all, NodeIdentity node) {
        Choice.Sieve sieve = new Choice.Sieve(all);
        boolean anyReady = all.stream().anyMatch(Candidate::ready);
        sieve.usable();
        sieve.prefer(candidate -> !candidate.stale(), Reason.STALE);
        if (anyReady) {
            sieve.near(node);
        }
        return sieve.choice();
    }

    /** Rule KP-4: its fallback is decided apart from the cluster list's, and hints do not matter. */
    private static Choice localChoice(List<Candidate> all) {
        Choice.Sieve sieve = new Choice.Sieve(all);
        sieve.keep(Candidate::local, Reason.OTHER_NODE);
        sieve.usable();
        return sieve.choice();
    }
}
