package dev.weft.registry.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one cluster tells the others under one key. Texts are empty where the field is absent. */
public sealed interface ExportRecord {

    /**
     * The properties of an exported Service that all clusters must agree on (rule MCS-5).
     *
     * @param exportedAtMillis creation of the ServiceExport, since the epoch
     * @param affinityTimeoutSeconds 0 where none is set
     */
    record Service(
            long exportedAtMillis,
            boolean headless,
            List<Port> ports,
            String sessionAffinity,
            int affinityTimeoutSeconds,
            List<String> ipFamilies,
            String internalTrafficPolicy,
            String trafficDistribution,
            Map<String, String> labels,
            Map<String, String> annotations)
            implements ExportRecord {
        public Service {
            ports = List.copyOf(ports);
            ipFamilies = List.copyOf(ipFamilies);
            labels = Map.copyOf(labels);
            annotations = Map.copyOf(annotations);
        }
    }

    /** A few endpoints that share family and ports. */
    record Endpoints(String addressType, List<Port> ports, List<Endpoint> endpoints) implements ExportRecord {
        public Endpoints {
            ports = List.copyOf(ports);
            endpoints = List.copyOf(endpoints);
        }
    }

    /** A port of a Service, or of endpoints. */
    record Port(String name, String protocol, int port, String appProtocol) {}

    /**
     * One endpoint.
     *
     * @param ready null where it was not said; the same for the other conditions
     * @param weight its share of the traffic relative to others, 0 to 65535; null where none was given
     */
    record Endpoint(
            List<String> addresses,
            @Nullable Boolean ready,
            @Nullable Boolean serving,
            @Nullable Boolean terminating,
            String hostname,
            String node,
            String zone,
            String targetKind,
            String targetName,
            String targetUid,
            List<String> zoneHints,
            List<String> nodeHints,
            @Nullable Integer weight) {
        /** One without a weight of its own. */
        public Endpoint(
                List<String> addresses,
                @Nullable Boolean ready,
                @Nullable Boolean serving,
                @Nullable Boolean terminating,
                String hostname,
                String node,
                String zone,
                String targetKind,
                String targetName,
                String targetUid,
                List<String> zoneHints,
                List<String> nodeHints) {
            this(
                    addresses,
                    ready,
                    serving,
                    terminating,
                    hostname,
                    node,
                    zone,
                    targetKind,
                    targetName,
                    targetUid,
                    zoneHints,
                    nodeHints,
                    null);
        }

        public Endpoint {
            addresses = List.copyOf(addresses);
            zoneHints = List.copyOf(zoneHints);
            nodeHints = List.copyOf(nodeHints);
        }
    }
}
