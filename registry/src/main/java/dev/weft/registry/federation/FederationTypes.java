package dev.weft.registry.federation;

import dev.weft.registry.resource.MultiClusterLabels;
import dev.weft.registry.resource.ResourceType;

/** The kinds and reserved names of the Multi-Cluster Services API. */
public final class FederationTypes {
    public static final String GROUP = "multicluster.x-k8s.io";
    public static final ResourceType EXPORTS = new ResourceType(GROUP, "serviceexports");
    public static final ResourceType IMPORTS = new ResourceType(GROUP, "serviceimports");

    /** Which ServiceImport of the same namespace a slice belongs to (rule MCS-15). */
    public static final String SERVICE_NAME = MultiClusterLabels.SERVICE_NAME;
    /** Which cluster the endpoints of a slice live in (rule MCS-15). */
    public static final String SOURCE_CLUSTER = MultiClusterLabels.SOURCE_CLUSTER;
    /** The manager of imported slices, as {@code endpointslice.kubernetes.io/managed-by} names it. */
    public static final String MANAGER = "federation.weft.dev";

    /** On imported slices: {@code stale} where their endpoints rank behind those of other slices. */
    public static final String FRESHNESS = "mesh.weft.dev/freshness";

    /** Where addresses of ServiceImports come from. */
    static final String POOL_IPV4 = "clusterset-ipv4";

    static final String POOL_IPV6 = "clusterset-ipv6";
    static final ResourceType NAMESPACES = new ResourceType("", "namespaces");

    private FederationTypes() {}

    static String pool(String family) {
        return family.equals("IPv6") ? POOL_IPV6 : POOL_IPV4;
    }
}
