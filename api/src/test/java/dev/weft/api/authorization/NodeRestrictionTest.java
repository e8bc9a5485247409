package dev.weft.api.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.weft.api.authentication.User;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Of what its role lets it write, a proxy-node")
class NodeRestrictionTest {
    private static final ResourceKey SLICE =
            new ResourceKey(new ResourceType("discovery.k8s.io", "endpointslices"), "shop", "web-1");
    private static final ResourceKey NODE = new ResourceKey(new ResourceType("", "nodes"), "", "host-1");

    private static User user(String name, String... groups) {
        return new User(name, "", List.of(groups), Map.of());
    }

    private static NodeRestriction restriction(String name) {
        return NodeRestriction.of(user(name, User.PROXY_NODES)).orElseThrow();
    }

    private static JsonNode yaml(String text) throws IOException {
        return new YAMLMapper().readTree(text);
    }

    @ParameterizedTest(name = "{0} writes {2} {4} in {3}: {5}")
    @CsvSource({
        "weft:proxy-node:host-1, '', nodes, '', host-1, true",
        "weft:proxy-node:host-1, '', nodes, '', host-2, false",
        "weft:proxy-node:, '', nodes, '', '', false",
        "robot, '', nodes, '', robot, false",
        "weft:proxy-node:host-1, coordination.k8s.io, leases, kube-node-lease, host-1, true",
        "weft:proxy-node:host-1, coordination.k8s.io, leases, kube-node-lease, host-2, false",
        "weft:proxy-node:host-1, coordination.k8s.io, leases, kube-system, weft-health-checks, true",
        "weft:proxy-node:host-1, coordination.k8s.io, leases, kube-system, kube-scheduler, false",
        "weft:proxy-node:host-1, coordination.k8s.io, leases, shop, any, true",
        "weft:proxy-node:host-1, '', configmaps, shop, any, true"
    })
    @DisplayName("writes its own Node, its Lease, and the Lease of the checks; of other kinds roles decide alone")
    void names(String user, String group, String plural, String namespace, String name, boolean may) {
        ResourceKey key = new ResourceKey(new ResourceType(group, plural), namespace, name);
        assertThat(restriction(user).objection(key).isEmpty()).isEqualTo(may);
    }

    @Test
    @DisplayName("hears whose object it wished to write")
    void told() {
        ResourceKey other = new ResourceKey(new ResourceType("", "nodes"), "", "host-2");
        Refusal refusal = restriction("weft:proxy-node:host-1").objection(other).orElseThrow();
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.Forbidden);
        assertThat(refusal.message())
                .isEqualTo("nodes \"host-2\" is forbidden: proxy-node \"host-1\" may write its own Node only");
    }

    @Test
    @DisplayName("changes the conditions of a slice's endpoints and nothing else of it")
    void conditionsOnly() throws IOException {
        String slice = "{metadata: {name: web-1, resourceVersion: '%s'}, ports: [{port: %s}],"
                + " endpoints: [{addresses: [%s], conditions: {ready: %s}}]}";
        JsonNode before = yaml(slice.formatted(1, 80, "10.0.0.1", true));
        NodeRestriction node = restriction("weft:proxy-node:host-1");
        assertThat(node.objection(SLICE, before, yaml(slice.formatted(2, 80, "10.0.0.1", false))))
                .isEmpty();
        assertThat(node.objection(SLICE, before, yaml(slice.formatted(2, 80, "10.0.0.9", true))))
                .isPresent();
        assertThat(node.objection(SLICE, before, yaml(slice.formatted(2, 81, "10.0.0.1", true))))
                .isPresent();
        assertThat(node.objection(SLICE, MissingNode.getInstance(), before)).isPresent();
    }

    @Test
    @DisplayName("does not pass its Node off as a server's")
    void notAServer() throws IOException {
        String node = "{metadata: {name: host-1, labels: {a: b}, annotations: {%s: 'https://10.0.0.1:8443'}}}";
        NodeRestriction own = restriction("weft:proxy-node:host-1");
        JsonNode plain = yaml(node.formatted("example.org/x"));
        for (String name : List.of("mesh.weft.dev/api", "mesh.weft.dev/gossip")) {
            JsonNode server = yaml(node.formatted(name));
            assertThat(own.objection(NODE, MissingNode.getInstance(), server)).isPresent();
            assertThat(own.objection(NODE, plain, server)).isPresent();
            assertThat(own.objection(NODE, server, server)).isEmpty();
        }
        assertThat(own.objection(NODE, MissingNode.getInstance(), plain)).isEmpty();
    }

    @Test
    @DisplayName("is held to this by its group; others, and administrators, are not")
    void whom() {
        assertThat(NodeRestriction.of(user("ann", "shop"))).isEmpty();
        assertThat(NodeRestriction.of(user("weft:proxy-node:host-1", User.MASTERS, User.PROXY_NODES)))
                .isEmpty();
        assertThat(NodeRestriction.of(user("ann", User.PROXY_NODES))).isPresent();
    }
}
