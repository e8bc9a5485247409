package dev.weft.deploy.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ObjectClient;
import dev.weft.deploy.terminal.CommandFailed;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The node of a command")
class NodeChoiceTest {
    private final Map<String, ObjectNode> nodes = new LinkedHashMap<>();

    private ObjectNode node(String name, String address, boolean ready) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.putObject("metadata").put("name", name);
        node.putObject("spec");
        ObjectNode status = node.putObject("status");
        status.putArray("addresses").addObject().put("type", "InternalIP").put("address", address);
        status.putArray("conditions").addObject().put("type", "Ready").put("status", ready ? "True" : "Unknown");
        nodes.put(name, node);
        return node;
    }

    private String choose(@Nullable String named, String address) {
        return NodeChoice.choose(new Nodes(), named, address);
    }

    /** Answers from what the test has made; nobody is to write. */
    private final class Nodes implements ObjectClient {
        @Override
        public ApiClient.Reply get(String path) {
            return answer(path);
        }

        @Override
        public ApiClient.Reply create(String path, JsonNode object) {
            throw new AssertionError(path);
        }

        @Override
        public ApiClient.Reply mergePatch(String path, JsonNode change) {
            throw new AssertionError(path);
        }
    }

    private ApiClient.Reply answer(String path) {
        if (path.equals("/api/v1/nodes")) {
            ObjectNode list = JsonNodeFactory.instance.objectNode();
            nodes.values().forEach(list.putArray("items")::add);
            return new ApiClient.Reply(200, "", list);
        }
        JsonNode found = nodes.get(path.substring(path.lastIndexOf('/') + 1));
        return found == null
                ? new ApiClient.Reply(404, "not found", JsonNodeFactory.instance.objectNode())
                : new ApiClient.Reply(200, "", found);
    }

    @Test
    @DisplayName("is the one at the machine's address, of which all loopback addresses are one")
    void theOnlyOne() {
        node("far", "10.0.0.1", true);
        node("near", "127.0.0.1", true);
        assertThat(choose(null, "127.80.0.1")).isEqualTo("near");
        assertThat(choose(null, "10.0.0.1")).isEqualTo("far");
    }

    @Test
    @DisplayName("is not a dead one where another lives, so that cordon and drain reach the command")
    void notTheDead() {
        node("dead", "127.0.0.1", false);
        node("alive", "127.0.0.1", true).withObjectProperty("spec").put("unschedulable", true);
        assertThatThrownBy(() -> choose(null, "127.0.0.1"))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("alive is cordoned");
        nodes.remove("alive");
        assertThat(choose(null, "127.0.0.1")).isEqualTo("dead");
    }

    @Test
    @DisplayName("must be named where several could be meant, and must be there when it is named")
    void named() {
        node("one", "127.0.0.1", true);
        node("two", "127.0.0.2", true);
        assertThatThrownBy(() -> choose(null, "127.0.0.1"))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("one, two");
        assertThat(choose("two", "127.0.0.1")).isEqualTo("two");
        assertThatThrownBy(() -> choose("three", "127.0.0.1"))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("no Node three");
    }

    @Test
    @DisplayName("is what the machine calls itself where none of the cluster's is on it")
    void none() {
        node("far", "10.0.0.1", true);
        assertThat(choose(null, "10.0.0.2")).isNotEmpty().isNotEqualTo("far");
    }
}
