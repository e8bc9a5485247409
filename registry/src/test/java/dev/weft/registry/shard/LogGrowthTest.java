package dev.weft.registry.shard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A snapshot for the size of the log")
class LogGrowthTest {
    private static final ResourceKey KEY = new ResourceKey(new ResourceType("", "configmaps"), "default", "c");

    private final LogGrowth growth = new LogGrowth(10_000, 4);

    private static Resource object(String name, int bytes) {
        JsonBytes json = JsonBytes.of(
                JsonNodeFactory.instance.objectNode().put("a", "a".repeat(bytes - "{\"a\":\"\"}".length())));
        return new Resource(new ResourceKey(KEY.type(), "default", name), "uid", 1, Map.of(), json);
    }

    private void store(Resource object) {
        growth.add(new ShardEvent(List.of(new ShardEvent.Entry(object.key(), object, 1)), 0));
    }

    private static ShardState state(Resource... objects) {
        return new ShardState(dev.weft.registry.watch.ResourceTree.of(List.of(objects)), 1, 0);
    }

    @Test
    @DisplayName("is due when so much has been stored, and then not until as much has been stored again")
    void least() {
        Resource object = object("c", 1_000);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 9; i++) {
                store(object);
            }
            assertThat(growth.takeDue(state(object))).isFalse();
            store(object);
            assertThat(growth.takeDue(state(object))).isTrue();
        }
    }

    @Test
    @DisplayName("is not due before four times of what there is has been stored")
    void times() {
        Resource small = object("c", 1_000);
        Resource large = object("large", 9_000);
        for (int i = 0; i < 39; i++) {
            store(small);
            assertThat(growth.takeDue(state(small, large))).as("after " + i).isFalse();
        }
        store(small);
        assertThat(growth.takeDue(state(small, large))).isTrue();
    }

    @Test
    @DisplayName("is not due for what is removed, which takes no room")
    void removed() {
        for (int i = 0; i < 100; i++) {
            growth.add(new ShardEvent(List.of(new ShardEvent.Entry(KEY, null, 1)), 0));
        }
        assertThat(growth.takeDue(state())).isFalse();
    }
}
