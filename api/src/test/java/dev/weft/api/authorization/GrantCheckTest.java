package dev.weft.api.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.weft.api.authentication.User;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Whoever gives permissions")
class GrantCheckTest {
    private static final RbacPolicy POLICY = RbacPolicyTest.policy("""
            - {kind: ClusterRole, metadata: {name: some}, rules: [{apiGroups: [""], resources: [pods, "*/scale"], verbs: [get, list]}, {apiGroups: [""], resources: [configmaps], resourceNames: [a, b], verbs: [get]}, {nonResourceURLs: [/logs/*], verbs: [get]}]}
            - {kind: ClusterRole, metadata: {name: all}, rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}, {nonResourceURLs: ["*"], verbs: ["*"]}]}
            - {kind: ClusterRole, metadata: {name: escalator}, rules: [{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate]}]}
            - {kind: ClusterRole, metadata: {name: binder}, rules: [{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [all], verbs: [bind]}]}
            - {kind: ClusterRoleBinding, metadata: {name: 1}, roleRef: {kind: ClusterRole, name: some}, subjects: [{kind: User, name: ann}]}
            - {kind: ClusterRoleBinding, metadata: {name: 2}, roleRef: {kind: ClusterRole, name: all}, subjects: [{kind: User, name: boss}]}
            - {kind: ClusterRoleBinding, metadata: {name: 3}, roleRef: {kind: ClusterRole, name: escalator}, subjects: [{kind: User, name: eli}]}
            - {kind: ClusterRoleBinding, metadata: {name: 4}, roleRef: {kind: ClusterRole, name: binder}, subjects: [{kind: User, name: ben}]}
            - {kind: RoleBinding, metadata: {name: 5, namespace: shop}, roleRef: {kind: ClusterRole, name: all}, subjects: [{kind: User, name: zoe}]}
            """);

    private static JsonNode yaml(String text) {
        try {
            return new YAMLMapper().readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String objection(String user, String plural, String namespace, JsonNode before, String after) {
        ResourceKey key = new ResourceKey(new ResourceType(AccessTypes.GROUP, plural), namespace, "x");
        return new GrantCheck(POLICY, RbacPolicyTest.user(user))
                .objection(key, before, yaml(after))
                .map(Refusal::message)
                .orElse("");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{apiGroups: [''], resources: [pods], verbs: [get]}                              | true",
                "{apiGroups: [''], resources: [pods, pods/scale], verbs: [get, list]}            | true",
                "{apiGroups: [''], resources: [pods], resourceNames: [x], verbs: [get]}          | true",
                "{apiGroups: [''], resources: [pods], verbs: [get, delete]}                      | false",
                "{apiGroups: [''], resources: [pods], verbs: ['*']}                              | false",
                "{apiGroups: ['*'], resources: [pods], verbs: [get]}                             | false",
                "{apiGroups: [''], resources: ['*'], verbs: [get]}                               | false",
                "{apiGroups: [''], resources: [pods/log], verbs: [get]}                          | false",
                "{apiGroups: [''], resources: [configmaps], resourceNames: [a], verbs: [get]}    | true",
                "{apiGroups: [''], resources: [configmaps], resourceNames: [a, b], verbs: [get]} | true",
                "{apiGroups: [''], resources: [configmaps], resourceNames: [a, c], verbs: [get]} | false",
                "{apiGroups: [''], resources: [configmaps], verbs: [get]}                        | false",
                "{nonResourceURLs: [/logs/a, /logs/b/*], verbs: [get]}                           | true",
                "{nonResourceURLs: [/logs], verbs: [get]}                                        | false",
                "{nonResourceURLs: ['*'], verbs: [get]}                                          | false"
            })
    @DisplayName("must have them all himself")
    void covers(String rule, boolean allowed) {
        String role = "{rules: [" + rule + "]}";
        assertThat(objection("ann", "clusterroles", "", MissingNode.getInstance(), role)
                        .isEmpty())
                .isEqualTo(allowed);
        assertThat(objection("boss", "clusterroles", "", MissingNode.getInstance(), role))
                .isEmpty();
    }

    @Test
    @DisplayName("is told what he lacks, in Kubernetes' words")
    void message() {
        assertThat(objection(
                        "ann",
                        "roles",
                        "shop",
                        MissingNode.getInstance(),
                        "{rules: [{apiGroups: [''], resources: [secrets, pods], verbs: [get, delete]}]}"))
                .isEqualTo("roles.rbac.authorization.k8s.io \"x\" is forbidden: user \"ann\""
                        + " (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently"
                        + " held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\"]}\n"
                        + "{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"delete\"]}");
    }

    @Test
    @DisplayName("may exceed himself only where he has the verbs escalate and bind")
    void escalateAndBind() {
        String much = "{rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]}";
        assertThat(objection("eli", "roles", "shop", MissingNode.getInstance(), much))
                .isEmpty();
        assertThat(objection("eli", "clusterroles", "", MissingNode.getInstance(), much))
                .contains("not currently held");
        String all = "{roleRef: {kind: ClusterRole, name: all}}";
        assertThat(objection("ben", "rolebindings", "shop", MissingNode.getInstance(), all))
                .isEmpty();
        assertThat(objection("ann", "rolebindings", "shop", MissingNode.getInstance(), all))
                .contains("not currently held");
        assertThat(objection(
                        "ben",
                        "rolebindings",
                        "shop",
                        MissingNode.getInstance(),
                        "{roleRef: {kind: ClusterRole, name: some}}"))
                .contains("not currently held");
        assertThat(objection(
                        "ann",
                        "rolebindings",
                        "shop",
                        MissingNode.getInstance(),
                        "{roleRef: {kind: ClusterRole, name: some}}"))
                .isEmpty();
        assertThat(objection(
                        "ann",
                        "rolebindings",
                        "shop",
                        MissingNode.getInstance(),
                        "{roleRef: {kind: Role, name: gone}}"))
                .isEqualTo("roles.rbac.authorization.k8s.io \"gone\" not found");
    }

    @Test
    @DisplayName("may give what he has in a namespace there, and not elsewhere")
    void ofANamespace() {
        String all = "{roleRef: {kind: ClusterRole, name: all}}";
        assertThat(objection("zoe", "rolebindings", "shop", MissingNode.getInstance(), all))
                .isEmpty();
        assertThat(objection("zoe", "rolebindings", "bank", MissingNode.getInstance(), all))
                .contains("not currently held");
        assertThat(objection("zoe", "clusterrolebindings", "", MissingNode.getInstance(), all))
                .contains("not currently held");
    }

    @Test
    @DisplayName("needs everything to let a role aggregate others, and to change one that does")
    void aggregation() {
        String aggregating = "{aggregationRule: {clusterRoleSelectors: [{}]}, rules: []}";
        String refused =
                "clusterroles.rbac.authorization.k8s.io \"x\" is forbidden: must have cluster-admin privileges to"
                        + " use an aggregationRule";
        assertThat(objection("ann", "clusterroles", "", MissingNode.getInstance(), aggregating))
                .isEqualTo(refused);
        assertThat(objection("ann", "clusterroles", "", yaml(aggregating), "{rules: []}"))
                .isEqualTo(refused);
        assertThat(objection("boss", "clusterroles", "", MissingNode.getInstance(), aggregating))
                .isEmpty();
    }

    @Test
    @DisplayName("needs no permission to let the garbage collector do its work")
    void garbage() {
        String role =
                "{metadata: {finalizers: [a], resourceVersion: '1'}, rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]}";
        ObjectNode without = (ObjectNode) yaml(role);
        ((ObjectNode) without.get("metadata")).removeAll();
        assertThat(objection("ann", "roles", "shop", yaml(role), without.toString()))
                .isEmpty();
        assertThat(new GrantCheck(POLICY, new User("root", "", java.util.List.of(User.MASTERS), java.util.Map.of()))
                        .objection(
                                new ResourceKey(AccessTypes.ROLES, "shop", "x"), MissingNode.getInstance(), yaml(role)))
                .isEmpty();
    }
}
