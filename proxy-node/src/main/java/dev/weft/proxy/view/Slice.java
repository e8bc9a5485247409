package dev.weft.proxy.view;

import java.util.List;
import java.util.Map;

/**
 * One EndpointSlice.
 *
 * @param id {@code namespace/name} of the object
 * @param service whose endpoints these are
 * @param cluster the cluster that they live in; empty for this one
 * @param version the object's resourceVersion, to tell the newer of two slices that name one endpoint; 0 when not a
 *     number
 * @param stale whether what it says is old, so that its endpoints rank behind those of other slices
 */
public record Slice(
        String id,
        ServiceKey service,
        String cluster,
        boolean ipv6,
        long version,
        List<SlicePort> ports,
        List<SliceEndpoint> endpoints,
        boolean stale) {

    /** One that is not stale. */
    public Slice(
            String id,
            ServiceKey service,
            String cluster,
            boolean ipv6,
            long version,
            List<SlicePort> ports,
            List<SliceEndpoint> endpoints) {
        this(id, service, cluster, ipv6, version, ports, endpoints, false);
    }

    public Slice {
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
    }

    /** The same with what Pods, by uid, say of the weights of endpoints that the slice says nothing of. */
    Slice weighed(Map<String, Integer> podWeights) {
        List<SliceEndpoint> weighed =
                endpoints.stream().map(endpoint -> endpoint.weighed(podWeights)).toList();
        return weighed.equals(endpoints) ? this : new Slice(id, service, cluster, ipv6, version, ports, weighed, stale);
    }

    /** A port that every endpoint of the slice serves. */
    public record SlicePort(String name, Protocol protocol, int port) {}
}
