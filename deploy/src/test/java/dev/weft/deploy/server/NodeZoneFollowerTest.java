package dev.weft.deploy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.endpoints.ZoneShares;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The zones of nodes")
class NodeZoneFollowerTest {
    private final AtomicInteger told = new AtomicInteger();
    private final NodeZoneFollower zones = new NodeZoneFollower(told::incrementAndGet, Runnable::run);

    private static JsonNode node(String name, String zone) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ObjectNode metadata = node.putObject("metadata").put("name", name);
        metadata.putObject("labels").put(NodeZoneFollower.ZONE_LABEL, zone);
        return node;
    }

    private static JsonNode node(String name, String zone, int cpus, boolean ready) {
        ObjectNode node = (ObjectNode) node(name, zone);
        ObjectNode status = node.putObject("status");
        status.putObject("allocatable").put("cpu", Integer.toString(cpus));
        status.putArray("conditions").addObject().put("type", "Ready").put("status", ready ? "True" : "False");
        return node;
    }

    @Test
    @DisplayName(
            "come with the shares of the zones in the CPUs, which change with CPUs and readiness, and are told of then")
    void shares() {
        zones.changed(node("a", "z1", 4, true));
        assertThat(zones.shares()).isEqualTo(ZoneShares.NONE);
        zones.replaced(List.of(node("a", "z1", 4, true), node("b", "z2", 4, true), node("c", "z2", 2, false)));
        assertThat(zones.shares().parts()).isEqualTo(Map.of("z1", 1L, "z2", 1L));
        assertThat(told).hasValue(2);
        zones.changed(node("c", "z2", 8, false));
        assertThat(told).as("what is not Ready does not count").hasValue(2);
        zones.changed(node("c", "z2", 4, true));
        assertThat(zones.shares().parts()).isEqualTo(Map.of("z1", 1L, "z2", 2L));
        zones.deleted(node("b", "z2", 4, true));
        assertThat(zones.shares().parts()).isEqualTo(Map.of("z1", 1L, "z2", 1L));
        assertThat(told).hasValue(4);
    }

    @Test
    @DisplayName("are complete with their shares by the time that all nodes are known")
    void whole() {
        assertThat(zones.known()).isFalse();
        zones.replaced(List.of(node("a", "z1", 4, true), node("b", "z2", 4, true)));
        assertThat(zones.known()).isTrue();
        assertThat(zones.shares().parts()).hasSize(2);
    }

    @Test
    @DisplayName("are told of when one changes, once a list, and not when a Node changes otherwise")
    void changes() {
        zones.replaced(List.of(node("a", "z1"), node("b", "z2")));
        assertThat(zones.of("a")).isEqualTo("z1");
        assertThat(told).hasValue(1);
        zones.changed(node("a", "z1"));
        zones.replaced(List.of(node("a", "z1"), node("b", "z2")));
        assertThat(told).hasValue(1);
        zones.changed(node("a", "z3"));
        zones.deleted(node("b", "z2"));
        assertThat(zones.of("a") + zones.of("b")).isEqualTo("z3");
        assertThat(told).hasValue(3);
        assertThat(zones.changes()).isEqualTo(3);
    }

    @Test
    @DisplayName("that change together are told of together, and nothing that changes while it is told is missed")
    void together() {
        List<Runnable> later = new ArrayList<>();
        NodeZoneFollower slow = new NodeZoneFollower(told::incrementAndGet, later::add);
        slow.changed(node("a", "z1"));
        slow.changed(node("b", "z1"));
        assertThat(later).hasSize(1);
        later.remove(0).run();
        assertThat(told).hasValue(1);
        slow.changed(node("b", "z2"));
        assertThat(later).hasSize(1);
    }
}
