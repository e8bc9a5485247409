package dev.weft.registry.resource;

import java.time.Instant;
import java.util.List;

/**
 * What all clusters of the federation export under one name, and who decides where they disagree.
 *
 * @param exports by cluster
 * @param ports of all exports together, e.g. {@code http 80/TCP}
 * @param conflictReason the reasons joined by commas, as a ServiceExport's condition tells them; {@code NoConflicts} where
 *     there are none
 * @param conflicts a sentence for each disagreement: who says what, and whose word holds
 */
public record FederatedService(
        String namespace,
        String name,
        List<Export> exports,
        List<String> ports,
        String conflictReason,
        List<String> conflicts) {
    public FederatedService {
        exports = List.copyOf(exports);
        ports = List.copyOf(ports);
        conflicts = List.copyOf(conflicts);
    }

    /**
     * One cluster's export.
     *
     * @param exportedAt when its ServiceExport was created
     * @param decides whether its word holds where exports disagree
     * @param type {@code ClusterSetIP} or {@code Headless}
     */
    public record Export(
            String cluster,
            Instant exportedAt,
            boolean decides,
            String type,
            List<String> ports,
            List<Endpoint> endpoints) {
        public Export {
            ports = List.copyOf(ports);
            endpoints = List.copyOf(endpoints);
        }
    }

    /**
     * One endpoint of an export.
     *
     * @param node empty where it was not said; the same for the zone
     */
    public record Endpoint(
            String address, boolean ready, boolean serving, boolean terminating, String node, String zone) {}
}
