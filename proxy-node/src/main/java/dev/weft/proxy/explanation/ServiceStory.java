package dev.weft.proxy.explanation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.dataplane.ListenerPlan;
import dev.weft.proxy.dns.NameVerdict;
import dev.weft.proxy.explanation.ServiceExplanation.Balancing;
import dev.weft.proxy.explanation.ServiceExplanation.Listener;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.selection.TrafficRules;
import dev.weft.proxy.selection.Weighting;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells of one Service or ServiceImport; pure. */
final class ServiceStory {
    private static final String ALGORITHM = "mesh.weft.dev/algorithm";
    private static final List<String> POLICIES = List.of(
            "internalTrafficPolicy", "externalTrafficPolicy", "trafficDistribution", "publishNotReadyAddresses");

    /** Annotations below {@code mesh.weft.dev/} that bear on where connections go. */
    private static final List<String> WISHES = List.of("locality", Weighting.CLUSTER_WEIGHTS, Weighting.ZONE_WEIGHTS);

    private final JsonNode object;
    private final ServicePicture picture;
    private final NodeIdentity node;
    private final Federation federation;
    private final BalanceSettings balance;
    private final TrafficRules rules;
    private final boolean imported;

    ServiceStory(
            JsonNode object,
            ServicePicture picture,
            NodeIdentity node,
            Federation federation,
            BalanceSettings balance,
            TrafficRules rules) {
        this.object = object;
        this.picture = picture;
        this.node = node;
        this.federation = federation;
        this.balance = balance;
        this.rules = rules;
        this.imported = picture.key().kind() == ServiceKey.Kind.IMPORT;
    }

    ServiceExplanation tell(List<String> nodeAddresses, List<Explanation.Name> names, List<NameVerdict> verdicts) {
        ServiceEntry entry = picture.entry();
        List<String> remarks = new ArrayList<>();
        List<ServiceExplanation.Route> routes = List.of();
        List<Listener> listeners = List.of();
        if (entry == null) {
            remarks.add("It carries the label service.kubernetes.io/service-proxy-name, so another proxy is to serve it"
                    + " and no proxy-node does.");
        } else {
            listeners = listeners(entry, nodeAddresses);
            Set<ServiceExplanation.Port> relayed = listeners.stream()
                    .filter(Listener::relayed)
                    .map(Listener::servicePort)
                    .collect(Collectors.toSet());
            routes = new Routes(picture, node, federation, balance, rules, relayed)
                    .of(entry, algorithm(entry), verdicts, imported);
            remark(entry, remarks);
        }
        return new ServiceExplanation(
                imported ? "ServiceImport" : "Service",
                picture.key().namespace(),
                picture.key().name(),
                object.path("spec").path("type").asText(imported ? "ClusterSetIP" : "ClusterIP"),
                entry == null
                        ? List.of()
                        : entry.ports().stream().map(ServiceStory::told).toList(),
                listeners,
                names,
                entry == null || entry.headless() || entry.externalName() != null ? null : balancing(entry),
                policies(),
                routes,
                federation.told(imported),
                remarks);
    }

    private void remark(ServiceEntry entry, List<String> remarks) {
        if (entry.externalName() != null) {
            remarks.add("It is an alias for " + entry.externalName() + ": DNS says so, nothing is balanced.");
        } else if (entry.headless()) {
            remarks.add("It is headless: its names lead to the endpoints themselves, nearest first; clients choose.");
        } else if (entry.virtualAddresses().isEmpty()) {
            remarks.add("It has no virtual IP yet.");
        }
        String asked = entry.algorithm();
        if (asked != null && Algorithm.named(asked).isEmpty()) {
            remarks.add(
                    "The annotation " + ALGORITHM + " says " + asked + ", which is no algorithm: the default is used.");
        }
        boolean other = entry.ports().stream().anyMatch(port -> port.protocol() == Protocol.SCTP);
        if (other && !entry.headless() && entry.externalName() == null) {
            remarks.add("Proxy-nodes relay TCP and UDP: ports of SCTP have an address and names, but"
                    + " nobody listens there.");
        }
    }

    private Algorithm algorithm(ServiceEntry entry) {
        String asked = entry.algorithm();
        return Algorithm.named(asked == null ? "" : asked).orElse(balance.defaultAlgorithm());
    }

    private Balancing balancing(ServiceEntry entry) {
        Algorithm algorithm = algorithm(entry);
        boolean annotated = algorithm.label().equals(entry.algorithm());
        Duration affinity = entry.affinityTimeout();
        return new Balancing(
                algorithm.label(),
                annotated ? "annotation " + ALGORITHM : "default",
                parameters(algorithm),
                affinity == null ? null : (Long) affinity.toSeconds());
    }

    private Map<String, String> parameters(Algorithm algorithm) {
        Map<String, String> parameters = new LinkedHashMap<>();
        switch (algorithm) {
            case CONSISTENT_HASH -> parameters.put("maglev-table-size", Integer.toString(balance.maglevTableSize()));
            case RING_HASH -> {
                parameters.put("ring-points", Integer.toString(balance.ringPoints()));
                parameters.put("bounded-load", Double.toString(balance.boundedLoad()));
                parameters.put("bounded-load-floor", Integer.toString(balance.boundedLoadFloor()));
            }
            case LEAST_RESPONSE_TIME ->
                parameters.put("ewma-decay", balance.ewmaDecay().toSeconds() + "s");
            default -> {}
        }
        return parameters;
    }

    private Map<String, String> policies() {
        Map<String, String> policies = new LinkedHashMap<>();
        for (String policy : POLICIES) {
            String value = object.path("spec").path(policy).asText("");
            if (!value.isEmpty()) {
                policies.put(policy, value);
            }
        }
        for (String wish : WISHES) {
            String value = object.path("metadata")
                    .path("annotations")
                    .path("mesh.weft.dev/" + wish)
                    .asText("");
            if (!value.isEmpty()) {
                policies.put(wish, value);
            }
        }
        if (!rules.cordoned().isEmpty()) {
            policies.put(TrafficRules.CORDONED, String.join(",", new TreeSet<>(rules.cordoned())));
        }
        return policies;
    }

    private List<Listener> listeners(ServiceEntry entry, List<String> nodeAddresses) {
        Set<ListenerKey> relayed = ListenerPlan.of(picture, node, nodeAddresses).stream()
                .map(ListenerPlan::key)
                .collect(Collectors.toSet());
        List<Listener> listeners = new ArrayList<>();
        for (ServicePort port : entry.ports()) {
            entry.virtualAddresses()
                    .forEach(address -> listeners.add(listener("virtual IP", address, port.port(), port, relayed)));
            entry.externalAddresses()
                    .forEach(address -> listeners.add(listener("external IP", address, port.port(), port, relayed)));
            if (port.nodePort() > 0) {
                nodeAddresses.forEach(
                        address -> listeners.add(listener("node port", address, port.nodePort(), port, relayed)));
            }
        }
        return listeners;
    }

    private static Listener listener(
            String use, String address, int number, ServicePort port, Set<ListenerKey> relayed) {
        boolean listening = relayed.contains(new ListenerKey(address, number, port.protocol()));
        return new Listener(use, address, number, told(port), listening);
    }

    static ServiceExplanation.Port told(ServicePort port) {
        return new ServiceExplanation.Port(
                port.name(), port.port(), port.protocol().name());
    }

    static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
