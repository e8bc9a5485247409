package dev.weft.proxy.explanation;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One Service or ServiceImport.
 *
 * @param kind {@code Service} or {@code ServiceImport}
 * @param type as its spec has it, e.g. {@code ClusterIP} or {@code Headless}
 * @param listeners where a proxy-node there accepts connections for it
 * @param ports what it offers
 * @param names its names in DNS
 * @param policies what its spec says of traffic, by the names of the fields
 * @param routes where connections go, by port, address family and class of traffic
 * @param federation null for what no cluster exports
 * @param remarks what else should be known, a sentence each
 */
public record ServiceExplanation(
        String kind,
        String namespace,
        String name,
        String type,
        List<Port> ports,
        List<Listener> listeners,
        List<Explanation.Name> names,
        @Nullable Balancing balancing,
        Map<String, String> policies,
        List<Route> routes,
        @Nullable Federation federation,
        List<String> remarks) {
    public ServiceExplanation {
        ports = List.copyOf(ports);
        listeners = List.copyOf(listeners);
        names = List.copyOf(names);
        routes = List.copyOf(routes);
        remarks = List.copyOf(remarks);
    }

    /** Without what is said of other ports; a headless service's endpoints and names are of all of them. */
    public ServiceExplanation onlyPort(String wanted) {
        List<Port> left = ports.stream().filter(port -> port.is(wanted)).toList();
        return new ServiceExplanation(
                kind,
                namespace,
                name,
                type,
                left,
                listeners.stream()
                        .filter(listener -> left.contains(listener.servicePort()))
                        .toList(),
                names,
                balancing,
                policies,
                routes.stream()
                        .filter(route -> {
                            Port port = route.port();
                            return port == null || left.contains(port);
                        })
                        .toList(),
                federation,
                remarks);
    }

    /**
     * One port of it.
     *
     * @param name empty for the only port of a service
     */
    public record Port(String name, int number, String protocol) {
        /** Whether a user who says this means it. */
        boolean is(String wanted) {
            return name.equals(wanted) || Integer.toString(number).equals(wanted);
        }

        /** {@code http 80/TCP}. */
        @JsonIgnore
        public String text() {
            return (name.isEmpty() ? "" : name + " ") + number + "/" + protocol;
        }
    }

    /**
     * An address and port that means the service.
     *
     * @param use {@code virtual IP}, {@code external IP} or {@code node port}
     * @param port where it listens: the port of the service, or its node port
     * @param relayed whether a proxy-node listens there
     */
    public record Listener(String use, String address, int port, Port servicePort, boolean relayed) {}

    /**
     * How connections are spread over the endpoints in choice.
     *
     * @param chosenBy what says so: the annotation, or the default of the proxy-node's configuration
     * @param parameters what the algorithm is tuned with
     * @param affinitySeconds how long an idle client keeps its endpoint; null without session affinity
     */
    public record Balancing(
            String algorithm,
            String chosenBy,
            Map<String, String> parameters,
            @Nullable Long affinitySeconds) {}

    /**
     * One class of traffic to one port.
     *
     * @param port null for a headless service, whose names are of all its ports
     * @param family {@code IPv4} or {@code IPv6}; empty where names lead to endpoints of both
     * @param traffic {@code inside}, {@code outside}, {@code all}, or {@code dns} for a headless service
     * @param policy {@code Cluster} or {@code Local}; empty for {@code dns}
     * @param decidedBy the rule that decided last, a sentence
     * @param fallback whether a fallback was taken: endpoints are used that are terminating, or stale
     * @param outcome what happens to a connection: {@code balanced}, {@code refused} (reset at once), or {@code nobody
     *     listens} where a proxy-node has no listener; for {@code dns} {@code named} or {@code NXDOMAIN}
     * @param sharesAre what the shares are parts of; empty where there are none
     */
    public record Route(
            @Nullable Port port,
            String family,
            String traffic,
            String policy,
            String decidedBy,
            boolean fallback,
            String outcome,
            String sharesAre,
            List<Endpoint> endpoints) {
        public Route {
            endpoints = List.copyOf(endpoints);
        }
    }

    /**
     * One endpoint.
     *
     * @param cluster empty where clusters have no names
     * @param freshness of what is known of its cluster: {@code Fresh}, {@code Suspect}, {@code Stale}, {@code Withdrawn};
     *     empty where nobody says
     * @param slice the EndpointSlice that names it; empty for one that was not taken in
     * @param reason a constant name, e.g. {@code NOT_READY}
     * @param because the reason as a sentence
     * @param sharePercent of 100; null where it cannot be said
     */
    public record Endpoint(
            String address,
            String cluster,
            String node,
            String zone,
            String freshness,
            boolean ready,
            boolean serving,
            boolean terminating,
            int weight,
            String slice,
            boolean inChoice,
            String reason,
            String because,
            @Nullable Double sharePercent) {
        /** The same with another weight. */
        Endpoint weighing(int other) {
            return new Endpoint(
                    address,
                    cluster,
                    node,
                    zone,
                    freshness,
                    ready,
                    serving,
                    terminating,
                    other,
                    slice,
                    inChoice,
                    reason,
                    because,
                    sharePercent);
        }
    }

    /**
     * What the clusters export under the name.
     *
     * @param decides the cluster whose word holds where they disagree
     * @param conflict the reasons joined by commas; {@code NoConflicts} for none
     * @param messages a sentence for each disagreement
     */
    public record Federation(
            String decides, String because, String conflict, List<String> messages, List<Export> exports) {
        public Federation {
            messages = List.copyOf(messages);
            exports = List.copyOf(exports);
        }
    }

    /** One cluster's export. */
    public record Export(
            String cluster,
            String exportedAt,
            String type,
            List<String> ports,
            String state,
            String freshness,
            String staleSince,
            boolean decides,
            int endpoints,
            int ready) {
        public Export {
            ports = List.copyOf(ports);
        }
    }
}
