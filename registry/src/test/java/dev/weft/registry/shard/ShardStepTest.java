package dev.weft.registry.shard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.gossip.clock.HybridClock;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.watch.ResourceStamp;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A step of a shard")
class ShardStepTest {
    private static final ResourceType TYPE = new ResourceType("", "configmaps");
    private static final ResourceKey FIRST = new ResourceKey(TYPE, "default", "first");
    private static final ResourceKey SECOND = new ResourceKey(TYPE, "default", "second");
    private static final ResourceKey THIRD = new ResourceKey(TYPE, "default", "third");

    private final ShardStep step = new ShardStep(
            ShardState.EMPTY.after(new ShardEvent(List.of(entry(FIRST, 1), entry(SECOND, 2)), 0)),
            new HybridClock(() -> Instant.EPOCH, 0, new HybridTimestamp(1_000)));

    private static ShardEvent.Entry entry(ResourceKey key, long version) {
        return new ShardEvent.Entry(key, ResourceStamp.of(key, tree("stored"), version), version);
    }

    private static ObjectNode tree(String text) {
        return JsonNodeFactory.instance.objectNode().put("text", text);
    }

    private Resource present(ResourceKey key) {
        return Objects.requireNonNull(step.get(key));
    }

    private String text(ResourceKey key) {
        return step.tree(present(key)).path("text").asText();
    }

    @Test
    @DisplayName("shows what it has decided, by name and in lists, and to the next decision as what was before")
    void shows() {
        Resource changed = step.put(FIRST, tree("changed"));
        step.put(THIRD, tree("made"));
        step.remove(present(SECOND));
        assertThat(step.get(FIRST)).isEqualTo(changed);
        assertThat(text(FIRST)).isEqualTo("changed");
        assertThat(step.get(SECOND)).isNull();
        assertThat(step.list(TYPE, "default")).extracting(Resource::key).containsExactly(FIRST, THIRD);
        step.put(FIRST, tree("again"));
        Change last = step.changes().get(step.changes().size() - 1);
        assertThat(last.before()).isEqualTo(changed);
        assertThat(step.state().objects().get(FIRST)).isEqualTo(step.get(FIRST));
    }

    @Test
    @DisplayName("shows after a rollback what was decided before the mark, be it of this step or stored")
    void rollsBack() {
        Resource kept = step.put(FIRST, tree("kept"));
        ShardStep.Mark mark = step.mark();
        step.put(FIRST, tree("taken back"));
        step.remove(present(SECOND));
        step.put(THIRD, tree("taken back"));
        long highest = step.version();
        assertThat(step.list(TYPE, "default")).hasSize(2);

        step.rollBack(mark);

        assertThat(step.get(FIRST)).isEqualTo(kept);
        assertThat(text(FIRST)).isEqualTo("kept");
        assertThat(text(SECOND)).isEqualTo("stored");
        assertThat(step.get(THIRD)).isNull();
        assertThat(step.list(TYPE, "default")).extracting(Resource::key).containsExactly(FIRST, SECOND);
        assertThat(step.changes()).extracting(Change::after).containsExactly(kept);
        Resource next = step.put(FIRST, tree("next"));
        assertThat(next.version()).as("no version is given out twice").isGreaterThan(highest);
        assertThat(step.changes().get(1).before()).isEqualTo(kept);
    }
}
