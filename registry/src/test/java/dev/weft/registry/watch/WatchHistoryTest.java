package dev.weft.registry.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The history of several shards")
class WatchHistoryTest {
    private static final ResourceType TYPE = new ResourceType("", "configmaps");
    private static final int SHARDS = 4;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    @DisplayName("comes out in one order, complete, and can be resumed and read at any version")
    void oneOrder(long seed) {
        Random random = new Random(seed);
        ShardMerge merge = new ShardMerge(SHARDS);
        WatchWindow window = new WatchWindow(new WatchWindow.Limits(10_000, Long.MAX_VALUE, Duration.ofHours(1)));
        ResourceTree[] trees = new ResourceTree[SHARDS];
        java.util.Arrays.fill(trees, ResourceTree.EMPTY);
        List<Change> issued = new ArrayList<>();
        List<Change> heard = new ArrayList<>();
        long[] last = new long[SHARDS];
        for (int step = 0; step < 400; step++) {
            int shard = random.nextInt(SHARDS);
            if (random.nextInt(3) > 0) {
                long version = (Math.max(last[shard], merge.latest() - random.nextInt(40)) / 10 + 1) * 10 + shard;
                last[shard] = version;
                ResourceKey key = new ResourceKey(TYPE, "ns" + shard, "c" + random.nextInt(5));
                Resource before = trees[shard].get(key);
                Resource after = before != null && random.nextInt(3) == 0
                        ? null
                        : ResourceStamp.of(key, JsonNodeFactory.instance.objectNode(), version);
                trees[shard] = after == null ? trees[shard].without(key) : trees[shard].with(after);
                Change change = new Change(before, after, version);
                issued.add(change);
                merge.add(shard, List.of(change), version);
            } else {
                last[shard] = Math.max(last[shard], merge.latest());
                merge.close(shard, last[shard]);
            }
            merge.release().forEach(change -> {
                window.append(change, Instant.EPOCH);
                heard.add(change);
            });
            window.close(merge.frontier());
        }
        for (int shard = 0; shard < SHARDS; shard++) {
            merge.close(shard, Long.MAX_VALUE);
        }
        merge.release().forEach(change -> {
            window.append(change, Instant.EPOCH);
            heard.add(change);
        });
        assertThat(heard).isSortedAccordingTo(java.util.Comparator.comparingLong(Change::version));
        assertThat(heard).containsExactlyInAnyOrderElementsOf(issued);
        Change middle = heard.get(random.nextInt(heard.size()));
        Collection all = Collection.everywhere(TYPE);
        assertThat(window.since(middle.version(), all).orElseThrow())
                .extracting(WatchWindow.Logged::change)
                .isEqualTo(heard.subList(heard.indexOf(middle) + 1, heard.size()));
        ResourceTree replayed = ResourceTree.EMPTY;
        for (Change change : heard.subList(0, heard.indexOf(middle) + 1)) {
            Resource after = change.after();
            replayed = after == null ? replayed.without(change.key()) : replayed.with(after);
        }
        assertThat(window.at(middle.version()).orElseThrow().all()).containsExactlyElementsOf(replayed.all());
    }

    @Test
    @DisplayName("is bounded by what earlier states take: who asks for less than is kept is told so")
    void boundedMemory() {
        WatchWindow window = new WatchWindow(new WatchWindow.Limits(10_000, 100_000, Duration.ofHours(1)));
        ResourceKey key = new ResourceKey(TYPE, "default", "c");
        Resource before = null;
        for (int version = 1; version <= 100; version++) {
            Resource after = ResourceStamp.of(
                    key, JsonNodeFactory.instance.objectNode().put("padding", "x".repeat(10_000)), version);
            window.append(new Change(before, after, version), Instant.EPOCH);
            before = after;
        }
        Collection all = Collection.everywhere(TYPE);
        assertThat(window.floor()).isBetween(89L, 92L);
        assertThat(window.since(window.floor(), all).orElseThrow()).hasSize((int) (100 - window.floor()));
        assertThat(window.since(80, all)).isEmpty();
        assertThat(window.at(95).orElseThrow().get(key))
                .extracting(Resource::version)
                .isEqualTo(95L);
    }
}
