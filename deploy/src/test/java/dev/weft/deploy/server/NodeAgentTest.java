package dev.weft.deploy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ObjectClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The agent of a Node that leaves")
class NodeAgentTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String NODE = "/api/v1/nodes/n1";

    private final Cluster cluster = new Cluster();

    /** Objects by their paths; answers nothing while it is shut. */
    private static final class Cluster implements ObjectClient {
        private final Map<String, ObjectNode> stored = new ConcurrentHashMap<>();
        private volatile CountDownLatch open = new CountDownLatch(0);

        @Override
        public ApiClient.Reply get(String path) {
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            ObjectNode found = stored.get(path);
            return found == null
                    ? new ApiClient.Reply(404, "", MissingNode.getInstance())
                    : new ApiClient.Reply(200, "", found.deepCopy());
        }

        @Override
        public ApiClient.Reply create(String path, JsonNode object) {
            String one = path + "/" + object.at("/metadata/name").asText();
            stored.put(one, object.deepCopy());
            return get(one);
        }

        @Override
        public ApiClient.Reply mergePatch(String path, JsonNode change) {
            String one = path.replace("/status", "");
            ObjectNode object = stored.get(one);
            if (object != null) {
                change.properties()
                        .forEach(
                                field -> object.withObject("/" + field.getKey()).setAll((ObjectNode) field.getValue()));
            }
            return get(one);
        }
    }

    private NodeAgent agent() {
        NodeObjects node = new NodeObjects("n1", "", "127.0.0.1", "", "", "1.0", new NodeCapacity(1, 1));
        return NodeAgent.start(cluster, node, PATIENCE, () -> Instant.EPOCH);
    }

    private JsonNode node() {
        return Objects.requireNonNull(cluster.stored.get(NODE));
    }

    @AfterEach
    void open() {
        cluster.open.countDown();
    }

    @Test
    @DisplayName("says that it was stopped, and one that just ends says nothing")
    void says() {
        NodeAgent agent = agent();
        assertThat(NodeObjects.isReady(node())).isTrue();
        agent.close();
        assertThat(NodeObjects.isReady(node())).isTrue();

        NodeAgent next = agent();
        assertThat(next.leave().toCompletableFuture()).succeedsWithin(PATIENCE);
        assertThat(NodeObjects.isReady(node())).isFalse();
        assertThat(node().at("/status/conditions/0/reason").asText()).isEqualTo("WeftStopped");
    }

    @Test
    @DisplayName("makes it ready again when it comes back")
    void comesBack() {
        assertThat(agent().leave().toCompletableFuture()).succeedsWithin(PATIENCE);
        agent().close();
        assertThat(NodeObjects.isReady(node())).isTrue();
        assertThat(node().at("/status/conditions/0/reason").asText()).isEqualTo("WeftServing");
    }

    @Test
    @DisplayName("leaves the Node of somebody else as it is, and makes none that was removed")
    void notIts() {
        NodeAgent agent = agent();
        ((ObjectNode) node().path("metadata")).remove("annotations");
        ((ObjectNode) node().at("/status/conditions/0")).put("reason", "KubeletReady");
        assertThat(agent.leave().toCompletableFuture()).succeedsWithin(PATIENCE);
        assertThat(NodeObjects.isReady(node())).isTrue();

        cluster.stored.clear();
        NodeAgent other = agent();
        cluster.stored.clear();
        assertThat(other.leave().toCompletableFuture()).succeedsWithin(PATIENCE);
        assertThat(cluster.stored).isEmpty();
    }

    @Test
    @DisplayName("does not hold up its process when nobody answers")
    void nobodyAnswers() {
        ServerObjects objects = new ServerObjects("n1", agent(), Optional.empty(), Duration.ofMillis(50));
        cluster.open = new CountDownLatch(1);
        assertThat(objects.leave().toCompletableFuture()).succeedsWithin(PATIENCE);
        assertThat(NodeObjects.isReady(node())).isTrue();
    }
}
