package dev.weft.proxy.dataplane;

import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.selection.EndpointSelection;
import dev.weft.proxy.selection.Locality;
import dev.weft.proxy.selection.LocalityTier;
import dev.weft.proxy.selection.LocalityTiers;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.selection.TrafficRules;
import dev.weft.proxy.selection.Weighting;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.TrafficPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One listener that a service wants on this node, and where it leads.
 *
 * @param algorithm as asked for by the service; null for the default
 * @param policy what else the service asks for
 * @param own where clients of this host and of its Pods are led, where that is elsewhere (rule KP-1: to an external address
 *     of a Local service they take the short way to all endpoints); null for the same way as others
 * @param tiers the candidates by how near they are, where near ones are preferred; empty where all are alike
 */
public record ListenerPlan(
        ListenerKey key,
        List<Candidate> candidates,
        @Nullable String algorithm,
        @Nullable Duration affinityTimeout,
        List<LocalityTier> tiers,
        ListenerPolicy policy,
        @Nullable ListenerPlan own) {
    /** Where all clients are led alike. */
    public ListenerPlan(
            ListenerKey key,
            List<Candidate> candidates,
            @Nullable String algorithm,
            @Nullable Duration affinityTimeout,
            List<LocalityTier> tiers,
            ListenerPolicy policy) {
        this(key, candidates, algorithm, affinityTimeout, tiers, policy, null);
    }

    /** Where no endpoint is preferred. */
    public ListenerPlan(
            ListenerKey key,
            List<Candidate> candidates,
            @Nullable String algorithm,
            @Nullable Duration affinityTimeout) {
        this(key, candidates, algorithm, affinityTimeout, List.of(), ListenerPolicy.NONE);
    }

    public ListenerPlan {
        candidates = List.copyOf(candidates);
        tiers = List.copyOf(tiers);
    }

    /** The same where nothing in particular holds for all services. */
    public static List<ListenerPlan> of(ServicePicture picture, NodeIdentity node, List<String> nodeAddresses) {
        return of(picture, node, nodeAddresses, TrafficRules.NONE);
    }

    /** All listeners of a service; pure. A headless service has none; SCTP is not relayed. */
    public static List<ListenerPlan> of(
            ServicePicture picture, NodeIdentity node, List<String> nodeAddresses, TrafficRules rules) {
        ServiceEntry entry = picture.entry();
        List<ListenerPlan> plans = new ArrayList<>();
        if (entry == null) {
            return plans;
        }
        for (ServicePort port : entry.ports()) {
            if (port.protocol() == Protocol.SCTP) {
                continue;
            }
            entry.virtualAddresses()
                    .forEach(address -> plans.add(
                            plan(picture, entry, port, address, port.port(), entry.internalPolicy(), node, rules)));
            entry.externalAddresses()
                    .forEach(address -> plans.add(external(picture, entry, port, address, port.port(), node, rules)));
            if (port.nodePort() > 0 && !entry.virtualAddresses().isEmpty()) {
                nodeAddresses.stream()
                        .filter(address -> hasFamilyOf(address, entry)) // of another there are no endpoints
                        .forEach(address ->
                                plans.add(external(picture, entry, port, address, port.nodePort(), node, rules)));
            }
        }
        return plans;
    }

    private static boolean hasFamilyOf(String address, ServiceEntry entry) {
        boolean ipv6 = address.indexOf(':') >= 0;
        return entry.virtualAddresses().stream().anyMatch(virtual -> virtual.indexOf(':') >= 0 == ipv6);
    }

    private static ListenerPlan external(
            ServicePicture picture,
            ServiceEntry entry,
            ServicePort port,
            String address,
            int listenPort,
            NodeIdentity node,
            TrafficRules rules) {
        ListenerPlan plan = plan(picture, entry, port, address, listenPort, entry.externalPolicy(), node, rules);
        if (entry.externalPolicy() != TrafficPolicy.LOCAL) {
            return plan;
        }
        ListenerPlan own = plan(picture, entry, port, address, listenPort, TrafficPolicy.CLUSTER, node, rules);
        return own.equals(plan)
                ? plan
                : new ListenerPlan(
                        plan.key, plan.candidates, plan.algorithm, plan.affinityTimeout, plan.tiers, plan.policy, own);
    }

    private static ListenerPlan plan(
            ServicePicture picture,
            ServiceEntry entry,
            ServicePort port,
            String address,
            int listenPort,
            TrafficPolicy policy,
            NodeIdentity node,
            TrafficRules rules) {
        boolean ipv6 = address.indexOf(':') >= 0;
        List<Candidate> chosen =
                EndpointSelection.select(picture, port, ipv6, node).forPolicy(policy);
        List<Candidate> candidates = Weighting.apply(chosen, picture, node, rules);
        Locality locality = Locality.named(entry.annotation("locality")).orElse(Locality.NONE);
        return new ListenerPlan(
                new ListenerKey(address, listenPort, port.protocol()),
                candidates,
                entry.algorithm(),
                entry.affinityTimeout(),
                locality == Locality.NONE || policy == TrafficPolicy.LOCAL
                        ? List.of()
                        : LocalityTiers.of(candidates, picture, port, ipv6, node, locality),
                ListenerPolicy.of(entry, address));
    }
}
