package dev.weft.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.VersionMatch;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pool has six addresses: 127.200.0.1 to 127.200.0.6. */
@DisplayName("A Service of type LoadBalancer")
class LoadBalancerTest {
    private static final ResourceType SERVICES = new ResourceType("", "services");
    private static final String SETTINGS = "load-balancer { pools = [\"127.200.0.0/29\"], retry = 20 ms }";

    @TempDir
    private Path directory;

    private RunningRegistry registry;

    @BeforeEach
    void start() {
        registry = RunningRegistry.with(directory, SETTINGS);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private static ResourceKey key(String name) {
        return new ResourceKey(SERVICES, "default", name);
    }

    private void create(String name, String spec, String metadata) {
        String ports = ",\"spec\":{\"type\":\"LoadBalancer\",\"ports\":[{\"port\":80}]" + spec + "}";
        Write.Outcome outcome = registry.write(new Write.Create(
                key(name),
                JsonBytes.of(dev.weft.registry.endpoints.FakeShard.tree(("{'apiVersion':'v1','kind':'Service',"
                        + "'metadata':{'name':'" + name + "','namespace':'default'" + metadata + "}"
                        + ports.replace('"', '\'') + "}"))),
                Write.Options.DEFAULT));
        assertThat(outcome).isInstanceOf(Write.Outcome.Done.class);
    }

    private JsonNode get(String name) {
        return registry.node()
                                .get(key(name), new VersionMatch.MostRecent())
                                .toCompletableFuture()
                                .join()
                        instanceof Registry.Answer.Found<dev.weft.registry.resource.Resource> found
                ? found.value().json().toTree()
                : com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }

    private String address(String name) {
        return get(name).at("/status/loadBalancer/ingress/0/ip").asText();
    }

    private String reason(String name) {
        for (JsonNode condition : get(name).at("/status/conditions")) {
            if (condition.path("type").asText().equals("mesh.weft.dev/LoadBalancerAddress")) {
                return condition.path("message").asText();
            }
        }
        return "";
    }

    private void change(String name, Consumer<ObjectNode> change) {
        await().until(() -> {
            ObjectNode tree = get(name).deepCopy();
            change.accept(tree);
            return registry.write(new Write.Update(key(name), "", JsonBytes.of(tree), Write.Options.DEFAULT))
                    instanceof Write.Outcome.Done;
        });
    }

    private void awaitAddress(String name) {
        await().until(() -> !address(name).isEmpty());
    }

    @Test
    @DisplayName("gets an address that nobody else has, keeps it over a restart, and frees it when it goes")
    void uniqueAndLasting() {
        Set<String> given = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            create("s" + i, "", "");
            awaitAddress("s" + i);
            assertThat(given.add(address("s" + i))).isTrue();
        }
        create("late", "", "");
        await().untilAsserted(() -> assertThat(reason("late")).contains("is full"));
        registry.close();
        registry = RunningRegistry.with(directory, SETTINGS);
        List<String> again =
                List.of(address("s0"), address("s1"), address("s2"), address("s3"), address("s4"), address("s5"));
        assertThat(given).containsExactlyInAnyOrderElementsOf(again);
        String freed = address("s3");
        registry.write(new Write.Delete(key("s3"), Write.Deletion.DEFAULT, Write.Options.DEFAULT));
        await().untilAsserted(() -> assertThat(address("late")).isEqualTo(freed));
        assertThat(reason("late")).isEmpty();
    }

    @Test
    @DisplayName("gets the address that it wishes for, or none and the reason")
    void wishes() {
        create("first", ",\"loadBalancerIP\":\"127.200.0.3\"", "");
        await().untilAsserted(() -> assertThat(address("first")).isEqualTo("127.200.0.3"));
        create("second", "", ",'annotations':{'mesh.weft.dev/load-balancer-ips':'127.200.0.3'}");
        await().untilAsserted(() -> assertThat(reason("second"))
                .startsWith("metadata.annotations[mesh.weft.dev/load-balancer-ips]: ")
                .contains("provided IP is already allocated"));
        assertThat(address("second")).isEmpty();
        create("third", ",\"loadBalancerIP\":\"127.201.0.3\"", "");
        await().untilAsserted(() -> assertThat(reason("third")).contains("not in the valid range"));
        change("first", service -> service.withObjectProperty("spec").put("loadBalancerIP", "127.200.0.4"));
        await().untilAsserted(() -> assertThat(address("first")).isEqualTo("127.200.0.4"));
        await().untilAsserted(() -> assertThat(address("second")).isEqualTo("127.200.0.3"));
    }

    @Test
    @DisplayName("keeps its address whatever somebody writes into its status, though others wait for one")
    void statusIsNoWish() {
        for (int i = 0; i < 6; i++) {
            create("s" + i, "", "");
            awaitAddress("s" + i);
        }
        create("waits", "", "");
        await().untilAsserted(() -> assertThat(reason("waits")).contains("is full"));
        String address = address("s2");
        for (String foreign : List.of("8.8.8.8", "127.200.0.1", "")) {
            await().until(() -> {
                ObjectNode tree = get("s2").deepCopy();
                var ingress = tree.withObjectProperty("status")
                        .withObjectProperty("loadBalancer")
                        .putArray("ingress");
                if (!foreign.isEmpty()) {
                    ingress.addObject().put("ip", foreign);
                }
                return registry.write(new Write.Update(key("s2"), "status", JsonBytes.of(tree), Write.Options.DEFAULT))
                        instanceof Write.Outcome.Done;
            });
            await().untilAsserted(() -> assertThat(address("s2")).isEqualTo(address));
        }
        assertThat(address("waits")).isEmpty();
    }

    @Test
    @DisplayName("gets none for a wish of a family that it has not, and the reason")
    void otherFamily() {
        create("asks", ",\"loadBalancerIP\":\"fd00:200::1\"", "");
        await().untilAsserted(() -> assertThat(reason("asks"))
                .isEqualTo("spec.loadBalancerIP: Invalid value: \"fd00:200::1\": is of none of the Service's families"
                        + " [IPv4]"));
        assertThat(address("asks")).isEmpty();
    }

    @Test
    @DisplayName("gets none for a wish that is no address, and the reason; what it held is free")
    void garbage() {
        create("asks", ",\"loadBalancerIP\":\"hello\"", "");
        await().untilAsserted(() -> assertThat(reason("asks"))
                .isEqualTo("spec.loadBalancerIP: Invalid value: \"hello\": must be a valid IP address"));
        assertThat(address("asks")).isEmpty();
        change("asks", tree -> tree.withObjectProperty("spec").put("loadBalancerIP", "127.200.0.4"));
        await().untilAsserted(() -> assertThat(address("asks")).isEqualTo("127.200.0.4"));
        assertThat(reason("asks")).isEmpty();
        change("asks", tree -> tree.withObjectProperty("spec").put("loadBalancerIP", "127.200.0.4.5"));
        await().untilAsserted(() -> assertThat(reason("asks")).contains("127.200.0.4.5"));
        create("other", ",\"loadBalancerIP\":\"127.200.0.4\"", "");
        await().untilAsserted(() -> assertThat(address("other")).isEqualTo("127.200.0.4"));
    }

    @Test
    @DisplayName("gives its address back when it becomes a ClusterIP, and is left alone when it is of another class")
    void leavesOthersAlone() {
        create("changing", "", "");
        awaitAddress("changing");
        create("foreign", ",\"loadBalancerClass\":\"example.com/other\"", "");
        change("changing", service -> {
            ObjectNode spec = service.withObjectProperty("spec");
            spec.put("type", "ClusterIP");
            spec.remove(List.of("allocateLoadBalancerNodePorts", "externalTrafficPolicy"));
            spec.path("ports").forEach(port -> ((ObjectNode) port).remove("nodePort"));
        });
        await().untilAsserted(() -> assertThat(address("changing")).isEmpty());
        assertThat(address("foreign")).isEmpty();
        assertThat(reason("foreign")).isEmpty();
    }
}
