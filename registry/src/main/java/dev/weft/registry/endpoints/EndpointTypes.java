package dev.weft.registry.endpoints;

import dev.weft.registry.resource.ResourceType;

/** The kinds and the reserved names that endpoints are about. */
public final class EndpointTypes {
    public static final ResourceType SERVICES = new ResourceType("", "services");
    public static final ResourceType PODS = new ResourceType("", "pods");
    public static final ResourceType ENDPOINTS = new ResourceType("", "endpoints");
    public static final ResourceType SLICES = new ResourceType("discovery.k8s.io", "endpointslices");

    /** Which Service of the same namespace a slice belongs to. */
    public static final String SERVICE_NAME = "kubernetes.io/service-name";
    /** Who writes a slice. */
    public static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    /** The manager of slices made from Pods. */
    public static final String SLICE_CONTROLLER = "endpointslice-controller.k8s.io";
    /** The manager of slices made from hand-written Endpoints. */
    public static final String MIRROR_CONTROLLER = "endpointslicemirroring-controller.k8s.io";

    static final String HEADLESS = "service.kubernetes.io/headless";
    static final String SKIP_MIRROR = "endpointslice.kubernetes.io/skip-mirror";
    static final String LEADER = "control-plane.alpha.kubernetes.io/leader";
    static final String ENDPOINTS_MANAGED_BY = "endpoints.kubernetes.io/managed-by";
    static final String ENDPOINTS_CONTROLLER = "endpoint-controller";
    static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
    static final String ZONE = "topology.kubernetes.io/zone";

    private EndpointTypes() {}

    /** {@code IPv6} for an address with a colon, else {@code IPv4}. */
    static String familyOf(String address) {
        return address.indexOf(':') >= 0 ? "IPv6" : "IPv4";
    }
}
