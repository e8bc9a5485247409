package dev.weft.registry.resource;

import static dev.weft.registry.resource.KindBuilder.kind;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;
import java.util.StringJoiner;

/** Who may do what. */
final class AccessKinds {
    private static final String GROUP = "rbac.authorization.k8s.io";

    private AccessKinds() {}

    static List<ResourceKind> all() {
        return List.of(
                role(kind(GROUP, "Role", "roles", Role.class)),
                role(kind(GROUP, "ClusterRole", "clusterroles", ClusterRole.class)
                        .clusterScoped()),
                binding(kind(GROUP, "RoleBinding", "rolebindings", RoleBinding.class)),
                binding(kind(GROUP, "ClusterRoleBinding", "clusterrolebindings", ClusterRoleBinding.class)
                        .clusterScoped()));
    }

    private static ResourceKind role(KindBuilder kind) {
        return kind.columns(Columns.named()
                        .timed("Created At", 0, (role, now) -> Trees.text(role, "metadata", "creationTimestamp")))
                .rules(new AccessRules(false))
                .done();
    }

    private static ResourceKind binding(KindBuilder kind) {
        return kind.columns(Columns.named()
                        .text(
                                "Role",
                                binding -> Trees.text(binding, "roleRef", "kind") + "/"
                                        + Trees.text(binding, "roleRef", "name"))
                        .age()
                        .wide("Users", binding -> subjects(binding, "User"))
                        .wide("Groups", binding -> subjects(binding, "Group"))
                        .wide("ServiceAccounts", binding -> subjects(binding, "ServiceAccount")))
                .rules(new AccessRules(true))
                .done();
    }

    private static String subjects(JsonNode binding, String kind) {
        StringJoiner joined = new StringJoiner(", ");
        for (JsonNode subject : binding.path("subjects")) {
            if (Trees.text(subject, "kind").equals(kind)) {
                String namespace = Trees.text(subject, "namespace");
                joined.add(
                        kind.equals("ServiceAccount")
                                ? namespace + "/" + Trees.text(subject, "name")
                                : Trees.text(subject, "name"));
            }
        }
        return joined.toString();
    }
}
