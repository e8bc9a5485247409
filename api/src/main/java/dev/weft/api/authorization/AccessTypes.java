package dev.weft.api.authorization;

import dev.weft.registry.resource.ResourceType;

/** The kinds that say who may do what. */
final class AccessTypes {
    static final String GROUP = "rbac.authorization.k8s.io";
    static final ResourceType ROLES = new ResourceType(GROUP, "roles");
    static final ResourceType CLUSTER_ROLES = new ResourceType(GROUP, "clusterroles");
    static final ResourceType ROLE_BINDINGS = new ResourceType(GROUP, "rolebindings");
    static final ResourceType CLUSTER_ROLE_BINDINGS = new ResourceType(GROUP, "clusterrolebindings");

    private AccessTypes() {}

    static boolean isRole(ResourceType type) {
        return type.equals(ROLES) || type.equals(CLUSTER_ROLES);
    }

    static boolean isBinding(ResourceType type) {
        return type.equals(ROLE_BINDINGS) || type.equals(CLUSTER_ROLE_BINDINGS);
    }
}
