package dev.weft.proxy.nftables;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.nftables.ListenerRules.Element;
import dev.weft.proxy.nftables.ListenerRules.Endpoint;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.selection.EndpointSelection;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.selection.Selection;
import dev.weft.proxy.selection.TrafficRules;
import dev.weft.proxy.selection.Weighting;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.TrafficPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Says what a service needs in the kernel on this node; pure. Only for services without an obstacle. */
final class ServiceCompiler {
    private final NodeIdentity node;
    private final List<String> nodeAddresses;
    private final Algorithm defaultAlgorithm;
    private final TrafficRules trafficRules;
    private final NftablesSettings settings;

    /**
     * @param nodeAddresses where node ports are open; loopback and wildcard addresses are left to listeners
     * @param settings for the networks of Pods of this host
     * @param trafficRules what holds for the endpoints of all services
     */
    ServiceCompiler(
            NodeIdentity node,
            List<String> nodeAddresses,
            Algorithm defaultAlgorithm,
            TrafficRules trafficRules,
            NftablesSettings settings) {
        this.node = node;
        this.settings = settings;
        this.trafficRules = trafficRules;
        this.nodeAddresses = nodeAddresses.stream()
                .filter(address ->
                        Family.parse(address) != null && !Family.loopback(address) && !Family.wildcard(address))
                .map(Family::canonical)
                .toList();
        this.defaultAlgorithm = defaultAlgorithm;
    }

    /** @param ownTurns whether it may have chains of its own to take turns exactly; by chance otherwise */
    ServiceRules compile(ServicePicture picture, boolean ownTurns) {
        ServiceEntry entry = picture.entry();
        if (entry == null) {
            return ServiceRules.NONE;
        }
        Draft draft = new Draft(picture, entry, ownTurns);
        for (ServicePort port : entry.ports()) {
            if (port.protocol() != Protocol.SCTP) {
                draft.port(port);
            }
        }
        return draft.finish();
    }

    /** One service in the making. */
    private final class Draft {
        private final ServicePicture picture;
        private final ServiceEntry entry;
        private final Routes routes;
        private final Map<ListenerKey, ListenerRules> listeners = new HashMap<>();
        private final Set<String> virtual = new HashSet<>();

        Draft(ServicePicture picture, ServiceEntry entry, boolean ownTurns) {
            this.picture = picture;
            this.entry = entry;
            this.routes = new Routes(entry, KernelFit.algorithm(entry, defaultAlgorithm), ownTurns);
        }

        void port(ServicePort port) {
            for (String address : entry.virtualAddresses()) {
                virtual.add(Family.canonical(address));
                listener(port, address, port.port(), entry.internalPolicy(), false);
            }
            for (String address : entry.externalAddresses()) {
                listener(port, address, port.port(), entry.externalPolicy(), true);
            }
            if (port.nodePort() > 0 && !entry.virtualAddresses().isEmpty()) {
                nodeAddresses.forEach(
                        address -> listener(port, address, port.nodePort(), entry.externalPolicy(), true));
            }
        }

        ServiceRules finish() {
            return new ServiceRules(
                    listeners, routes.chains(), routes.sets(), routes.shared(), virtual, routes.turns());
        }

        private void listener(ServicePort port, String text, int number, TrafficPolicy policy, boolean fromOutside) {
            String address = Family.canonical(text);
            Family family = Family.of(address);
            Selection selection = EndpointSelection.select(picture, port, family == Family.IPV6, node);
            List<Candidate> candidates = weighted(selection, policy);
            List<Candidate> own = fromOutside ? weighted(selection, TrafficPolicy.CLUSTER) : candidates;
            List<Element> elements = new ArrayList<>();
            ListenerKey key = new ListenerKey(address, number, port.protocol());
            String protocol = port.protocol().name().toLowerCase(Locale.ROOT);
            String place = address + " . " + protocol + " . " + number;
            String verdict = "drop"; // rules KP-6, KP-7: there are endpoints, but not for this node
            if (candidates.isEmpty() && !selection.existsAnywhere()) {
                elements.add(new Element(Skeleton.refused(family), place, ""));
                listeners.put(key, new ListenerRules(elements, Map.of()));
                return;
            }
            if (!candidates.isEmpty()) {
                Routes.Port of = new Routes.Port(family, protocol, port, policy);
                Routes.Route route = routes.lead(of, candidates, address + " . " + number);
                elements.addAll(route.elements());
                verdict = "goto " + route.chain();
                elements.addAll(hairpins(family, place, candidates));
            }
            if (fromOutside && !own.isEmpty()) {
                boolean any = policy == TrafficPolicy.CLUSTER;
                elements.add(new Element(any ? Skeleton.external(family) : Skeleton.kept(family), place, ""));
            }
            if (!own.equals(candidates) && !own.isEmpty()) {
                String ownChain = routes.leadApart(new Routes.Port(family, protocol, port, TrafficPolicy.CLUSTER), own);
                Routes.Port others = new Routes.Port(family, protocol, port, policy);
                verdict = "goto " + routes.shortWay(others, settings.podNetworks(family), ownChain, verdict);
                elements.add(new Element(Skeleton.shortWay(family), place, ""));
                hairpins(family, place, own).stream()
                        .filter(element -> !elements.contains(element))
                        .forEach(elements::add);
            }
            if (fromOutside
                    && !entry.sourceRanges().isEmpty()
                    && entry.balancerAddresses().contains(text)) {
                verdict = "goto " + routes.allowed(family, protocol, port, verdict);
            }
            elements.add(new Element(Skeleton.services(family), place, verdict));
            Map<Endpoint, String> endpoints = new HashMap<>();
            candidates.forEach(candidate -> endpoints.put(endpoint(candidate), candidate.cluster()));
            own.forEach(candidate -> endpoints.put(endpoint(candidate), candidate.cluster()));
            listeners.put(key, new ListenerRules(elements, endpoints));
        }

        private List<Candidate> weighted(Selection selection, TrafficPolicy policy) {
            return Weighting.apply(selection.forPolicy(policy), picture, node, trafficRules);
        }

        /** An endpoint of this node that is led to itself would see its own address, and answer past the kernel. */
        private List<Element> hairpins(Family family, String place, List<Candidate> candidates) {
            List<Element> hairpins = new ArrayList<>();
            candidates.stream()
                    .filter(Candidate::local)
                    .map(ServiceCompiler::endpoint)
                    .forEach(endpoint -> {
                        String pair = endpoint.address() + " . " + endpoint.address();
                        Element element = new Element(Skeleton.hairpin(family), place + " . " + pair, "");
                        if (!hairpins.contains(element)) {
                            hairpins.add(element);
                        }
                    });
            return hairpins;
        }
    }

    static Endpoint endpoint(Candidate candidate) {
        return new Endpoint(Family.canonical(candidate.address()), candidate.port());
    }
}
