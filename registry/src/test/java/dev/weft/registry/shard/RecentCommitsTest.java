package dev.weft.registry.shard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.watch.ResourceStamp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The last batches of a shard")
class RecentCommitsTest {
    private static final ResourceType TYPE = new ResourceType("", "configmaps");

    private final RecentCommits commits = new RecentCommits(3, 5_000, Long.MAX_VALUE);
    private ShardState state = ShardState.EMPTY;

    @Test
    @DisplayName("come to one who missed thousands of them in few messages, complete and in order")
    void fewMessages() {
        commits.reset(state);
        for (int i = 1; i <= 4_000; i++) {
            commit(i, 10);
        }
        assertThat(told(commits.since(1))).isEqualTo(versions(2, 4_000));
        assertThat(commits.since(1)).hasSizeLessThan(10);
        List<ShardFeed> all = commits.since(0);
        assertThat(all).hasSizeLessThan(10).first().isInstanceOf(ShardFeed.Snapshot.class);
        assertThat(told(all)).isEqualTo(versions(1, 4_000));
        assertThat(commits.since(4_000)).isEmpty();
    }

    @Test
    @DisplayName("are put together to messages of some hundred kilobytes at most, unless one change is larger")
    void boundedMessages() {
        commits.reset(state);
        for (int i = 1; i <= 40; i++) {
            commit(i, i % 10 == 0 ? 400_000 : 20_000);
        }
        List<ShardFeed> all = commits.since(1);
        assertThat(told(all)).isEqualTo(versions(2, 40));
        assertThat(all).allSatisfy(message -> {
            List<Change> changes = ((ShardFeed.Committed) message).changes();
            assertThat(changes.size() == 1
                            || changes.stream()
                                            .mapToInt(RecentCommitsTest::bytes)
                                            .sum()
                                    <= 256 * 1024)
                    .isTrue();
        });
    }

    @Test
    @DisplayName("are forgotten when what objects were before takes too much, but for the last")
    void boundedMemory() {
        RecentCommits bounded = new RecentCommits(3, 5_000, 100_000);
        bounded.reset(state);
        for (int i = 1; i <= 100; i++) {
            bounded.add(List.of(rewritten(i, 10_000)), state);
        }
        assertThat(told(bounded.since(95))).isEqualTo(versions(96, 100));
        assertThat(bounded.since(80)).first().isInstanceOf(ShardFeed.Snapshot.class);
        bounded.add(List.of(rewritten(101, 500_000)), state);
        bounded.add(List.of(rewritten(102, 10)), state);
        assertThat(told(bounded.since(101))).isEqualTo(versions(102, 102));
        assertThat(told(bounded.since(100)).get(0)).isEqualTo(102);
    }

    @Test
    @DisplayName("that are forgotten leave the last state of an object, however often it was written among them")
    void lastStateStays() {
        RecentCommits few = new RecentCommits(3, 10, Long.MAX_VALUE);
        few.reset(state);
        for (int i = 1; i <= 100; i++) {
            few.add(List.of(rewritten(i, 10), rewritten(1_000 + i, 10)), state);
        }
        ShardFeed.Snapshot snapshot = (ShardFeed.Snapshot) few.since(0).get(0);
        assertThat(snapshot.part()).extracting(Resource::version).containsExactly(snapshot.version());
        assertThat(snapshot.version()).isEqualTo(1_095);
    }

    /** The one object once more. */
    private Change rewritten(long version, int bytes) {
        ResourceKey key = new ResourceKey(TYPE, "default", "c");
        ObjectNode object = JsonNodeFactory.instance.objectNode().put("padding", "x".repeat(bytes));
        Change change = new Change(state.objects().get(key), ResourceStamp.of(key, object, version), version);
        state = new ShardState(state.objects().after(List.of(change)), version, 0);
        return change;
    }

    private static int bytes(Change change) {
        Resource after = change.after();
        return after == null ? 0 : after.json().size();
    }

    private void commit(long version, int bytes) {
        ObjectNode object = JsonNodeFactory.instance.objectNode().put("padding", "x".repeat(bytes));
        Resource after = ResourceStamp.of(new ResourceKey(TYPE, "default", "c" + version), object, version);
        state = new ShardState(state.objects().with(after), version, 0);
        commits.add(List.of(new Change(null, after, version)), state);
    }

    /** The versions of all changes, checked to hang together. */
    private static List<Long> told(List<ShardFeed> feed) {
        List<Long> versions = new ArrayList<>();
        long last = -1;
        for (ShardFeed message : feed) {
            if (message instanceof ShardFeed.Committed committed) {
                assertThat(committed.previous()).isEqualTo(last < 0 ? committed.previous() : last);
                committed.changes().forEach(change -> versions.add(change.version()));
                last = committed.version();
            }
        }
        return versions;
    }

    private static List<Long> versions(long from, long to) {
        return java.util.stream.LongStream.rangeClosed(from, to).boxed().toList();
    }
}
