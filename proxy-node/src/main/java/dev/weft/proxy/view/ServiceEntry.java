package dev.weft.proxy.view;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Service or ServiceImport asks of this node.
 *
 * @param virtualAddresses cluster IPs or clusterset IPs; empty for a headless service or an ExternalName
 * @param externalAddresses external IPs and the addresses of its load balancer
 * @param externallyAccessible whether traffic from outside of the cluster can reach it (rule KP-1)
 * @param affinityTimeout how long an idle client keeps its endpoint; null without session affinity
 * @param algorithm the balancer asked for by annotation; null for the default
 * @param headless whether its name stands for its endpoints; a service that still waits for an address is not headless
 * @param externalName the name that an ExternalName service stands for; null for every other service
 * @param mode how it is to be served by annotation: userspace or nftables; null for the node's own choice
 * @param balancerAddresses those of the external addresses that are its load balancer's
 * @param sourceRanges the networks that may come to those; empty for all
 * @param annotations those below {@code mesh.weft.dev/}, without that
 * @param healthCheckPort the node port on which load balancers ask whether this node has endpoints of it (rule KP-8); 0 for
 *     none
 */
public record ServiceEntry(
        ServiceKey key,
        List<String> virtualAddresses,
        List<String> externalAddresses,
        List<ServicePort> ports,
        TrafficPolicy internalPolicy,
        TrafficPolicy externalPolicy,
        boolean externallyAccessible,
        @Nullable Duration affinityTimeout,
        @Nullable String algorithm,
        boolean headless,
        @Nullable String externalName,
        @Nullable String mode,
        List<String> balancerAddresses,
        List<String> sourceRanges,
        Map<String, String> annotations,
        int healthCheckPort) {

    public ServiceEntry {
        virtualAddresses = List.copyOf(virtualAddresses);
        externalAddresses = List.copyOf(externalAddresses);
        ports = List.copyOf(ports);
        balancerAddresses = List.copyOf(balancerAddresses);
        sourceRanges = List.copyOf(sourceRanges);
        annotations = Map.copyOf(annotations);
    }

    /** What the service is annotated with below {@code mesh.weft.dev/}; empty for nothing. */
    public String annotation(String name) {
        return annotations.getOrDefault(name, "");
    }

    /** A service that leaves its mode to the node and may be called from everywhere. */
    public ServiceEntry(
            ServiceKey key,
            List<String> virtualAddresses,
            List<String> externalAddresses,
            List<ServicePort> ports,
            TrafficPolicy internalPolicy,
            TrafficPolicy externalPolicy,
            boolean externallyAccessible,
            @Nullable Duration affinityTimeout,
            @Nullable String algorithm,
            boolean headless,
            @Nullable String externalName) {
        this(
                key,
                virtualAddresses,
                externalAddresses,
                ports,
                internalPolicy,
                externalPolicy,
                externallyAccessible,
                affinityTimeout,
                algorithm,
                headless,
                externalName,
                null,
                List.of(),
                List.of(),
                Map.of(),
                0);
    }

    /** A service with virtual addresses, or one that waits for them. */
    public ServiceEntry(
            ServiceKey key,
            List<String> virtualAddresses,
            List<String> externalAddresses,
            List<ServicePort> ports,
            TrafficPolicy internalPolicy,
            TrafficPolicy externalPolicy,
            boolean externallyAccessible,
            @Nullable Duration affinityTimeout,
            @Nullable String algorithm) {
        this(
                key,
                virtualAddresses,
                externalAddresses,
                ports,
                internalPolicy,
                externalPolicy,
                externallyAccessible,
                affinityTimeout,
                algorithm,
                false,
                null);
    }
}
