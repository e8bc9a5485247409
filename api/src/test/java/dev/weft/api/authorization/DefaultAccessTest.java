package dev.weft.api.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.authentication.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The roles that are there from the beginning")
class DefaultAccessTest {
    private static RbacPolicy policyWith(String role, String user) {
        List<PolicyObjects.Role> roles = new ArrayList<>();
        List<PolicyObjects.Binding> bindings = new ArrayList<>();
        for (ObjectNode each : DefaultAccess.objects()) {
            if (each.path("kind").asText().endsWith("Role")) {
                roles.add(PolicyObjects.Role.of(each));
            } else {
                bindings.add(PolicyObjects.Binding.of(each));
            }
        }
        bindings.add(new PolicyObjects.Binding(
                "shop",
                "test",
                new PolicyObjects.RoleRef(true, role),
                List.of(new PolicyObjects.Subject(false, user, user))));
        return new RbacPolicy(roles, bindings);
    }

    @ParameterizedTest(name = "{0} may {1} {2}.{3}: {4}")
    @CsvSource({
        "view, list, services, '', true",
        "view, list, endpointslices, discovery.k8s.io, true",
        "view, list, serviceimports, multicluster.x-k8s.io, true",
        "view, list, secrets, '', false",
        "view, create, services, '', false",
        "view, list, roles, rbac.authorization.k8s.io, false",
        "edit, create, services, '', true",
        "edit, get, secrets, '', true",
        "edit, delete, deployments, apps, true",
        "edit, list, services, '', true",
        "edit, create, serviceexports, multicluster.x-k8s.io, true",
        "edit, create, endpointslices, discovery.k8s.io, false",
        "edit, create, rolebindings, rbac.authorization.k8s.io, false",
        "admin, create, rolebindings, rbac.authorization.k8s.io, true",
        "admin, create, services, '', true",
        "admin, escalate, roles, rbac.authorization.k8s.io, false",
        "admin, update, namespaces, '', false",
        "cluster-admin, escalate, roles, rbac.authorization.k8s.io, true",
        "weft:proxy-node, watch, services, '', true",
        "weft:proxy-node, watch, endpointslices, discovery.k8s.io, true",
        "weft:proxy-node, watch, pods, '', true",
        "weft:proxy-node, list, secrets, '', false",
        "weft:proxy-node, list, configmaps, '', false",
        "weft:proxy-node, update, services, '', false",
        "weft:proxy-node, patch, endpointslices, discovery.k8s.io, true",
        "weft:proxy-node, create, endpointslices, discovery.k8s.io, false",
        "weft:proxy-node, patch, pods, '', false",
        "weft:proxy-node, create, leases, coordination.k8s.io, false"
    })
    @DisplayName("allow what Kubernetes' allow")
    void allow(String role, String verb, String resource, String group, boolean expected) {
        AccessQuestion question = AccessQuestion.ofResource(verb, group, resource, "", "shop", "");
        assertThat(policyWith(role, "ann")
                        .decide(RbacPolicyTest.user("ann"), question)
                        .allowed())
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} {1} {2} in {3}: {4}")
    @CsvSource({
        "create, nodes, host-1, '', true",
        "patch, nodes, host-1, '', true",
        "patch, nodes/status, host-1, '', true",
        "update, nodes, host-1, '', false",
        "delete, nodes, host-1, '', false",
        "create, leases, host-1, kube-node-lease, true",
        "patch, leases, host-1, kube-node-lease, true",
        "list, leases, '', kube-node-lease, false",
        "create, leases, weft-health-checks, kube-system, true",
        "get, leases, weft-health-checks, kube-system, true",
        "update, leases, weft-health-checks, kube-system, true",
        "update, leases, kube-scheduler, kube-system, false",
        "get, secrets, weft-api-keys, kube-system, false",
        "create, leases, host-1, default, false"
    })
    @DisplayName("let a proxy-node keep its Node alive and take the Lease of the checks, and no more")
    void proxyNodes(String verb, String resource, String name, String namespace, boolean expected) {
        String[] parts = resource.split("/", -1);
        AccessQuestion question = AccessQuestion.ofResource(
                verb,
                resource.equals("leases") ? "coordination.k8s.io" : "",
                parts[0],
                parts.length > 1 ? parts[1] : "",
                namespace,
                name);
        User node = new User(User.PROXY_NODE_PREFIX + "host-1", "", List.of(User.PROXY_NODES), Map.of());
        assertThat(policyWith("view", "ann").decide(node, question).allowed()).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: authenticated {1}, anonymous {2}")
    @CsvSource({
        "/version, true, true",
        "/readyz, true, true",
        "/apis, true, false",
        "/apis/apps/v1, true, false",
        "/openapi/v3, true, false",
        "/metrics, false, false",
        "/readyz/x, false, false"
    })
    @DisplayName("let everybody see that the server is there, and whoever proves to be somebody what it serves")
    void discovery(String path, boolean authenticated, boolean anonymous) {
        RbacPolicy policy = policyWith("view", "ann");
        AccessQuestion question = AccessQuestion.ofPath("get", path);
        assertThat(policy.decide(RbacPolicyTest.user("bob"), question).allowed())
                .isEqualTo(authenticated);
        assertThat(policy.decide(User.ANONYMOUS, question).allowed()).isEqualTo(anonymous);
    }
}
