package dev.weft.api.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.weft.api.authentication.User;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Roles and bindings")
class RbacPolicyTest {
    private static final String OBJECTS = """
            - {kind: ClusterRole, metadata: {name: reader}, rules: [{apiGroups: [""], resources: [pods, services], verbs: [get, list]}]}
            - {kind: ClusterRole, metadata: {name: any-verb}, rules: [{apiGroups: [apps], resources: [deployments], verbs: ["*"]}]}
            - {kind: ClusterRole, metadata: {name: any-group}, rules: [{apiGroups: ["*"], resources: [events], verbs: [list]}]}
            - {kind: ClusterRole, metadata: {name: any-resource}, rules: [{apiGroups: [batch], resources: ["*"], verbs: [get]}]}
            - {kind: ClusterRole, metadata: {name: any-scale}, rules: [{apiGroups: [apps], resources: ["*/scale"], verbs: [update]}]}
            - {kind: ClusterRole, metadata: {name: logs}, rules: [{apiGroups: [""], resources: [pods/log], verbs: [get]}]}
            - {kind: ClusterRole, metadata: {name: one-map}, rules: [{apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: [get, list, update]}]}
            - {kind: ClusterRole, metadata: {name: paths}, rules: [{nonResourceURLs: [/metrics, /debug/*, /logs*], verbs: [get]}]}
            - {kind: Role, metadata: {name: writer, namespace: shop}, rules: [{apiGroups: [""], resources: [services], verbs: [create]}]}
            - {kind: ClusterRoleBinding, metadata: {name: all}, roleRef: {kind: ClusterRole, name: reader}, subjects: [{kind: User, name: ann}]}
            - {kind: RoleBinding, metadata: {name: shop, namespace: shop}, roleRef: {kind: ClusterRole, name: reader}, subjects: [{kind: Group, name: shopkeepers}]}
            - {kind: RoleBinding, metadata: {name: own, namespace: shop}, roleRef: {kind: Role, name: writer}, subjects: [{kind: ServiceAccount, name: till, namespace: shop}, {kind: ServiceAccount, name: clerk}]}
            - {kind: RoleBinding, metadata: {name: elsewhere, namespace: bank}, roleRef: {kind: Role, name: writer}, subjects: [{kind: User, name: ben}]}
            - {kind: ClusterRoleBinding, metadata: {name: verbs}, roleRef: {kind: ClusterRole, name: any-verb}, subjects: [{kind: User, name: cat}]}
            - {kind: ClusterRoleBinding, metadata: {name: groups}, roleRef: {kind: ClusterRole, name: any-group}, subjects: [{kind: User, name: cat}]}
            - {kind: ClusterRoleBinding, metadata: {name: resources}, roleRef: {kind: ClusterRole, name: any-resource}, subjects: [{kind: User, name: cat}]}
            - {kind: ClusterRoleBinding, metadata: {name: scales}, roleRef: {kind: ClusterRole, name: any-scale}, subjects: [{kind: User, name: dan}]}
            - {kind: ClusterRoleBinding, metadata: {name: logs}, roleRef: {kind: ClusterRole, name: logs}, subjects: [{kind: User, name: dan}]}
            - {kind: ClusterRoleBinding, metadata: {name: names}, roleRef: {kind: ClusterRole, name: one-map}, subjects: [{kind: User, name: dan}]}
            - {kind: ClusterRoleBinding, metadata: {name: paths}, roleRef: {kind: ClusterRole, name: paths}, subjects: [{kind: Group, name: "system:unauthenticated"}]}
            - {kind: ClusterRoleBinding, metadata: {name: gone}, roleRef: {kind: ClusterRole, name: gone}, subjects: [{kind: User, name: eve}]}
            """;

    private final RbacPolicy policy = policy(OBJECTS);

    static RbacPolicy policy(String yaml) {
        try {
            JsonNode all = new YAMLMapper().readTree(yaml);
            List<PolicyObjects.Role> roles = new java.util.ArrayList<>();
            List<PolicyObjects.Binding> bindings = new java.util.ArrayList<>();
            for (JsonNode each : all) {
                if (each.path("kind").asText().endsWith("Binding")) {
                    bindings.add(PolicyObjects.Binding.of(each));
                } else {
                    roles.add(PolicyObjects.Role.of(each));
                }
            }
            return new RbacPolicy(roles, bindings);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static User user(String name, String... groups) {
        return User.authenticated(name, "", List.of(groups), Map.of());
    }

    private boolean allowed(User user, AccessQuestion question) {
        return policy.decide(user, question).allowed();
    }

    @ParameterizedTest(name = "{0} {1} {2}/{3} in ''{4}'' named ''{5}'': {6}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // bound in the whole cluster: everywhere, and at the cluster scope
                "ann | get    | ''    | pods             | shop | p  | true",
                "ann | list   | ''    | pods             | ''   | '' | true",
                "ann | watch  | ''    | pods             | shop | '' | false",
                "ann | get    | apps  | pods             | shop | p  | false",
                "ann | get    | ''    | secrets          | shop | s  | false",
                // a rule for the object does not give its parts
                "ann | get    | ''    | pods/log         | shop | p  | false",
                "ann | get    | ''    | pods/status      | shop | p  | false",
                "bob | get    | ''    | pods             | shop | p  | false",
                // wildcards
                "cat | delete | apps  | deployments      | shop | d  | true",
                "cat | get    | apps  | deployments/scale| shop | d  | false",
                "cat | list   | whatever | events        | shop | '' | true",
                "cat | get    | batch | jobs             | shop | j  | true",
                "cat | get    | batch | jobs/status      | shop | j  | true",
                "dan | update | apps  | deployments/scale| shop | d  | true",
                "dan | update | apps  | deployments      | shop | d  | false",
                "dan | get    | ''    | pods/log         | shop | p  | true",
                "dan | get    | ''    | pods             | shop | p  | false",
                // by name
                "dan | get    | ''    | configmaps       | shop | settings | true",
                "dan | get    | ''    | configmaps       | shop | other    | false",
                "dan | list   | ''    | configmaps       | shop | ''       | false",
                "dan | list   | ''    | configmaps       | shop | settings | true",
                "dan | create | ''    | configmaps       | shop | ''       | false",
                // of a namespace: there and nowhere else
                "system:serviceaccount:shop:till  | create | '' | services | shop | '' | true",
                "system:serviceaccount:shop:till  | create | '' | services | bank | '' | false",
                "system:serviceaccount:shop:clerk | create | '' | services | shop | '' | true",
                "system:serviceaccount:bank:clerk | create | '' | services | shop | '' | false",
                // a role of another namespace cannot be given
                "ben | create | ''    | services         | bank | '' | false",
                "eve | get    | ''    | pods             | shop | p  | false"
            })
    @DisplayName("allow what a rule of a bound role says, and nothing else")
    void resources(
            String who, String verb, String group, String resource, String namespace, String name, boolean expected) {
        String[] parts = resource.split("/", -1);
        AccessQuestion question =
                AccessQuestion.ofResource(verb, group, parts[0], parts.length > 1 ? parts[1] : "", namespace, name);
        assertThat(allowed(user(who), question)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        "get, /metrics, true", "get, /metrics/x, false", "post, /metrics, false", "get, /debug/pprof, true",
        "get, /debug, false", "get, /logs, true", "get, /logs/kubelet, true", "get, /api, false"
    })
    @DisplayName("allow paths, exactly or up to a star")
    void paths(String verb, String path, boolean expected) {
        assertThat(allowed(User.ANONYMOUS, AccessQuestion.ofPath(verb, path))).isEqualTo(expected);
    }

    @Test
    @DisplayName("count for a group's members, in the namespace of the binding only")
    void groups() {
        AccessQuestion there = AccessQuestion.ofResource("list", "", "services", "", "shop", "");
        assertThat(allowed(user("zoe", "shopkeepers"), there)).isTrue();
        assertThat(allowed(user("zoe", "shopkeepers"), AccessQuestion.ofResource("list", "", "services", "", "", "")))
                .isFalse();
        assertThat(allowed(user("shopkeepers"), there))
                .as("a user of the group's name")
                .isFalse();
        assertThat(allowed(user("root", User.MASTERS), AccessQuestion.ofPath("put", "/anything")))
                .isTrue();
    }

    @Test
    @DisplayName("say by which rule, or which role is missing, in Kubernetes' words")
    void reasons() {
        AccessQuestion pods = AccessQuestion.ofResource("get", "", "pods", "", "shop", "p");
        assertThat(policy.decide(user("ann"), pods).reason())
                .isEqualTo("RBAC: allowed by ClusterRoleBinding \"all\" of ClusterRole \"reader\" to User \"ann\"");
        assertThat(policy.decide(user("zoe", "shopkeepers"), pods).reason())
                .isEqualTo(
                        "RBAC: allowed by RoleBinding \"shop/shop\" of ClusterRole \"reader\" to Group \"shopkeepers\"");
        assertThat(Forbidden.of(user("eve"), pods, policy.decide(user("eve"), pods))
                        .message())
                .isEqualTo("pods \"p\" is forbidden: User \"eve\" cannot get resource \"pods\" in API group \"\" in the"
                        + " namespace \"shop\": RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found");
    }

    @Test
    @DisplayName("are refused with Kubernetes' sentences")
    void sentences() {
        assertThat(sentence(AccessQuestion.ofResource("list", "apps", "deployments", "", "", "")))
                .isEqualTo(
                        "deployments.apps is forbidden: User \"bob\" cannot list resource \"deployments\" in API group"
                                + " \"apps\" at the cluster scope");
        assertThat(sentence(AccessQuestion.ofResource("update", "", "pods", "status", "shop", "p")))
                .isEqualTo(
                        "pods \"p\" is forbidden: User \"bob\" cannot update resource \"pods/status\" in API group \"\""
                                + " in the namespace \"shop\"");
        assertThat(sentence(AccessQuestion.ofPath("get", "/metrics")))
                .isEqualTo("forbidden: User \"bob\" cannot get path \"/metrics\"");
        assertThat(sentence(AccessQuestion.ofPath("get", "/<b>\"&")))
                .isEqualTo("forbidden: User \"bob\" cannot get path \"/&lt;b&gt;\\\"&amp;\"");
    }

    private String sentence(AccessQuestion question) {
        return Forbidden.of(user("bob"), question, policy.decide(user("bob"), question))
                .message();
    }

    @Test
    @DisplayName("are gathered by an aggregated role, through roles that aggregate themselves")
    void aggregates() {
        RbacPolicy aggregated = policy("""
                - {kind: ClusterRole, metadata: {name: top}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: top}}]}}
                - {kind: ClusterRole, metadata: {name: middle, labels: {to: top}}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: middle}}]}}
                - {kind: ClusterRole, metadata: {name: b, labels: {to: middle}}, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}
                - {kind: ClusterRole, metadata: {name: a, labels: {to: top}}, rules: [{apiGroups: [""], resources: [nodes], verbs: [get]}]}
                - {kind: ClusterRole, metadata: {name: other}, rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]}
                - {kind: ClusterRoleBinding, metadata: {name: x}, roleRef: {kind: ClusterRole, name: top}, subjects: [{kind: User, name: ann}]}
                """);
        assertThat(aggregated.rulesOf(user("ann"), ""))
                .extracting(PolicyRule::toString)
                .containsExactly(
                        "{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\"]}",
                        "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"get\"]}");
        assertThat(aggregated.outdatedAggregates()).containsOnlyKeys("top", "middle");
    }

    @Test
    @DisplayName("that select each other end, with what there is")
    void aggregatesInACircle() {
        RbacPolicy circle = policy("""
                - {kind: ClusterRole, metadata: {name: one, labels: {to: two}}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: one}}]}}
                - {kind: ClusterRole, metadata: {name: two, labels: {to: one}}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: two}}]}}
                - {kind: ClusterRole, metadata: {name: leaf, labels: {to: two}}, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}
                - {kind: ClusterRoleBinding, metadata: {name: x}, roleRef: {kind: ClusterRole, name: one}, subjects: [{kind: User, name: ann}]}
                """);
        assertThat(circle.rulesOf(user("ann"), "")).hasSize(1);
    }
}
