package dev.weft.deploy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The Node of a mesh node")
class NodeObjectsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

    @Test
    @DisplayName("says what it has, so that tools have something to divide by")
    void capacity() {
        JsonNode status = new NodeObjects("n1", "", "127.0.0.1", "", "", "1.0", new NodeCapacity(4, 8L << 30))
                .node(NOW)
                .path("status");

        assertThat(status.path("capacity").toString())
                .isEqualTo("{\"cpu\":\"4\",\"memory\":\"8388608Ki\",\"pods\":\"110\"}");
        assertThat(status.path("allocatable")).isEqualTo(status.path("capacity"));
    }

    @Test
    @DisplayName(
            "says where its process takes part in the federation, if it does, and otherwise leaves what is said there")
    void gossip() {
        NodeCapacity capacity = new NodeCapacity(1, 1);
        assertThat(new NodeObjects("n1", "", "127.0.0.1", "127.0.0.1:7001", "", "1.0", capacity)
                        .labels()
                        .at("/metadata/annotations")
                        .path(NodeObjects.GOSSIP)
                        .asText())
                .isEqualTo("127.0.0.1:7001");
        assertThat(new NodeObjects("n1", "", "127.0.0.1", "", "", "1.0", capacity)
                        .labels()
                        .at("/metadata/annotations")
                        .has(NodeObjects.GOSSIP))
                .isFalse();
    }

    @Test
    @DisplayName("that is stopped is not ready any more, says why, and keeps what else is said of it")
    void stopped() {
        ObjectNode node = new NodeObjects(
                        "n1", "", "127.0.0.1", "", "http://127.0.0.1:1", "1.0", new NodeCapacity(1, 1))
                .node(NOW);
        node.withArray("/status/conditions")
                .addObject()
                .put("type", "DiskPressure")
                .put("status", "False");

        JsonNode change = NodeObjects.stopped(node, NOW.plusSeconds(60));

        assertThat(change.toString())
                .isEqualTo("{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\","
                        + "\"reason\":\"WeftStopped\",\"message\":\"weft was stopped\","
                        + "\"lastHeartbeatTime\":\"2026-01-02T03:05:05Z\","
                        + "\"lastTransitionTime\":\"2026-01-02T03:05:05Z\"},"
                        + "{\"type\":\"DiskPressure\",\"status\":\"False\"}]}}");
        assertThat(NodeObjects.isReady(node)).as("the Node that was read").isTrue();
        assertThat(NodeObjects.isReady(change)).isFalse();
    }

    @Test
    @DisplayName("has of this machine at least a processor and some memory")
    void own() {
        assertThat(NodeCapacity.own().processors()).isPositive();
        assertThat(NodeCapacity.own().memoryBytes()).isGreaterThan(1L << 20);
    }

    @Test
    @DisplayName("gives its sign of life in microseconds, even at the full second")
    void renewal() {
        NodeObjects node = new NodeObjects("n1", "", "127.0.0.1", "", "", "1.0", new NodeCapacity(1, 1));
        assertThat(node.renewal(Instant.parse("2026-01-01T00:00:00Z"))
                        .at("/spec/renewTime")
                        .asText())
                .isEqualTo("2026-01-01T00:00:00.000000Z");
    }
}
