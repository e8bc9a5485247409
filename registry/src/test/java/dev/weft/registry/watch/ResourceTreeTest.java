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
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A tree of objects")
class ResourceTreeTest {
    private static final ResourceType TYPE = new ResourceType("", "configmaps");

    private long version;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    @DisplayName("takes in many changes at once as it does one by one, keeps its order, and stays shallow")
    void manyAtOnce(long seed) {
        Random random = new Random(seed);
        TreeMap<ResourceKey, Resource> model = new TreeMap<>();
        ResourceTree tree = ResourceTree.EMPTY;
        for (int round = 0; round < 60; round++) {
            int names = 1 + random.nextInt(2_000);
            int from = random.nextInt(2_000);
            List<Change> changes = new ArrayList<>();
            for (int i = random.nextInt(300); i >= 0; i--) {
                ResourceKey key = key(from + random.nextInt(names));
                Resource before = model.get(key);
                Resource after = before != null && random.nextBoolean() ? null : object(key);
                if (after == null) {
                    model.remove(key);
                } else {
                    model.put(key, after);
                }
                changes.add(new Change(before, after, version));
            }
            tree = tree.after(changes);

            assertThat(tree.all()).containsExactlyElementsOf(model.values());
            assertThat(tree.size()).isEqualTo(model.size());
            assertThat(tree.depth())
                    .isLessThanOrEqualTo(2 + (int) (Math.log(model.size() + 1) / Math.log(TreeNode.FEWEST)));
            ResourceKey place = key(random.nextInt(4_000));
            assertThat(tree.get(place)).isSameAs(model.get(place));
            assertThat(tree.rank(place)).isEqualTo(model.headMap(place).size());
            ResourceKey other = key(random.nextInt(4_000));
            boolean inOrder = place.compareTo(other) < 0;
            ResourceKey low = inOrder ? place : other;
            ResourceKey high = inOrder ? other : place;
            assertThat(tree.range(low, high))
                    .containsExactlyElementsOf(model.subMap(low, high).values());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("stays what it was when another is made from it by one change, and shrinks to nothing")
    void oneAtOnce(long seed) {
        Random random = new Random(seed);
        TreeMap<ResourceKey, Resource> model = new TreeMap<>();
        ResourceTree tree = ResourceTree.EMPTY;
        for (int i = 0; i < 1_500; i++) {
            Resource object = object(key(random.nextInt(3_000)));
            ResourceTree before = tree;
            int size = model.size();
            tree = tree.with(object);
            model.put(object.key(), object);
            assertThat(before.size()).isEqualTo(size);
            assertThat(before.get(object.key())).isNotSameAs(object);
        }
        assertThat(tree.all()).containsExactlyElementsOf(model.values());
        List<ResourceKey> names = new ArrayList<>(model.keySet());
        Collections.shuffle(names, random);
        for (ResourceKey name : names) {
            tree = tree.without(name);
            model.remove(name);
            assertThat(tree.get(name)).isNull();
            assertThat(tree.size()).isEqualTo(model.size());
            assertThat(tree.depth())
                    .isLessThanOrEqualTo(2 + (int) (Math.log(model.size() + 1) / Math.log(TreeNode.FEWEST)));
        }
        assertThat(tree.all()).isEmpty();
        assertThat(tree.depth()).isZero();
        assertThat(tree.without(key(1))).isSameAs(tree);
    }

    @ParameterizedTest(name = "{0} objects")
    @ValueSource(ints = {0, 1, 2, 3, 1_000})
    @DisplayName("of objects in any order has the last of each name")
    void ofObjects(int size) {
        List<Resource> objects = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            objects.add(object(key(i)));
        }
        Collections.shuffle(objects, new Random(size));
        objects.addAll(List.copyOf(objects.subList(0, size / 3)).stream()
                .map(object -> object(object.key()))
                .toList());
        TreeMap<ResourceKey, Resource> model = new TreeMap<>();
        objects.forEach(object -> model.put(object.key(), object));

        ResourceTree tree = ResourceTree.of(objects);

        assertThat(tree.all()).containsExactlyElementsOf(model.values());
        assertThat(tree.after(List.of()).all()).containsExactlyElementsOf(model.values());
    }

    @Test
    @DisplayName("is the same for all who look at a window at once, and older looks stay what they were")
    void views() {
        WatchWindow window = new WatchWindow(new WatchWindow.Limits(10_000, Long.MAX_VALUE, Duration.ofHours(1)));
        List<WindowView> views = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Resource object = object(key(i % 300));
            window.append(new Change(window.view().get(object.key()), object, object.version()), Instant.EPOCH);
            views.add(window.view());
        }
        List<CompletableFuture<Void>> lookers = new ArrayList<>();
        for (int looker = 0; looker < 4; looker++) {
            List<WindowView> order = new ArrayList<>(views);
            Collections.shuffle(order, new Random(looker));
            lookers.add(CompletableFuture.runAsync(() -> order.forEach(ResourceTreeTest::check)));
        }
        CompletableFuture.allOf(lookers.toArray(CompletableFuture[]::new)).join();
    }

    private static void check(WindowView view) {
        int changes = (int) view.version();
        ResourceKey newest = key((changes - 1) % 300);
        assertThat(view.get(newest)).isNotNull();
        assertThat(view.objects().size()).isEqualTo(Math.min(changes, 300));
        assertThat(view.objects().get(newest)).isSameAs(view.get(newest));
        assertThat(view.objects().all()).allMatch(object -> object.version() <= changes);
    }

    private Resource object(ResourceKey key) {
        version++;
        return ResourceStamp.of(key, JsonNodeFactory.instance.objectNode(), version);
    }

    private static ResourceKey key(int number) {
        return new ResourceKey(TYPE, "ns" + number % 7, "c" + number);
    }
}
