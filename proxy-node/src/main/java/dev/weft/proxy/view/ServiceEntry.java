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
 * @param sourceRanges from where the addresses of its load balancer may be reached
 * @param annotations those below {@code mesh.weft.dev/}, without that
 * @param externalName the name that an ExternalName service stands for; null for every other service
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
        Map<String, String> annotations,
        SourceRanges sourceRanges) {
    public ServiceEntry {
        virtualAddresses = List.copyOf(virtualAddresses);
        externalAddresses = List.copyOf(externalAddresses);
        ports = List.copyOf(ports);
        annotations = Map.copyOf(annotations);
    }

    /** What the service is annotated with below {@code mesh.weft.dev/}; empty for nothing. */
    public String annotation(String name) {
        return annotations.getOrDefault(name, "");
    }

    /** A service that may be reached from everywhere. */
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
            @Nullable String externalName,
            Map<String, String> annotations) {
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
                annotations,
                SourceRanges.OPEN);
    }

    /** A service without annotations of ours. */
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
                Map.of());
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
