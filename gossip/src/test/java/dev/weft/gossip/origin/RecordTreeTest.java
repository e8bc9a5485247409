package dev.weft.gossip.origin;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A record tree")
class RecordTreeTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @DisplayName("has the root of its live records alone, whatever the history, and goes back to an earlier root")
    void canonical(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RecordTree tree = RecordTree.empty();
        Map<String, OriginRecord> live = new HashMap<>();
        Set<ByteString> roots = new HashSet<>();
        for (int i = 1; i <= 400; i++) {
            String key = "k" + random.nextInt(60);
            ByteString payload = random.nextInt(3) == 0 ? null : ByteString.fromString("v" + i);
            OriginRecord record = new OriginRecord(key, i, 0, payload);
            RecordTree before = tree;
            tree = tree.with(record);
            if (payload == null) {
                live.remove(key);
            } else {
                live.put(key, record);
                assertThat(tree.root()).isNotEqualTo(before.root());
                roots.add(tree.root());
            }
            assertThat(tree.root())
                    .as("step %s", i)
                    .isEqualTo(RecordTree.empty().with(live.values()).root());
            assertThat(tree.get(key)).as("step %s", i).isEqualTo(live.get(key));
        }
        assertThat(roots).hasSizeGreaterThan(200);
        for (String key : Set.copyOf(live.keySet())) {
            tree = tree.with(new OriginRecord(key, 1_000, 0, null));
        }
        assertThat(tree.root()).isEqualTo(RecordTree.empty().root());
    }

    @Test
    @DisplayName("has the root that members of earlier releases work out")
    void unchanged() {
        RecordTree tree = RecordTree.empty();
        for (int i = 1; i <= 100; i++) {
            tree = tree.with(
                    new OriginRecord("shop/cart-" + i % 70, i, 0, i % 9 == 0 ? null : ByteString.fromString("v" + i)));
        }

        assertThat(HexFormat.of().formatHex(tree.root().toArray()))
                .isEqualTo("69efb40f20a0e7b61dd3e86164ac2fc6c9582767120163f5ac9483e5534d4ca9");
    }

    @Test
    @DisplayName("tells key, number and payload apart")
    void distinguishes() {
        ByteString one = root("a", 1, "x");
        assertThat(Set.of(one, root("b", 1, "x"), root("a", 2, "x"), root("a", 1, "y"), root("a", 1, "")))
                .hasSize(5);
    }

    private static ByteString root(String key, long number, String payload) {
        return RecordTree.empty()
                .with(new OriginRecord(key, number, 0, ByteString.fromString(payload)))
                .root();
    }
}
