package dev.weft.registry;

import static dev.weft.registry.RunningRegistry.CONFIG_MAPS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.testbed.TestStore;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.ResourceFilter;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A watch")
@ParameterizedClass
@EnumSource(TestStore.class)
class WatchStreamTest {
    private static final Collection ALL = Collection.everywhere(CONFIG_MAPS);
    private static final String SMALL =
            "watch { shard-history = 400, merged-history = 400, queue = 100, bookmarks = 100 ms }";

    @Parameter
    @SuppressWarnings("UnusedVariable") // only begins the registry
    private TestStore kind = TestStore.EMBEDDED;

    @TempDir
    private static Path shared;

    @TempDir
    private Path own;

    private static RunningRegistry registry;

    @BeforeParameterizedClassInvocation
    static void start(TestStore store) {
        registry = RunningRegistry.with(store, shared.resolve(store.name()), SMALL);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        registry.close();
    }

    private static Collection namespace(String name) {
        registry.create(Placement.NAMESPACES, "Namespace", "", name, "");
        return new Collection(CONFIG_MAPS, name);
    }

    private static Resource put(RunningRegistry to, Resource present, String label) {
        var tree = present.json().toTree();
        tree.withObjectProperty("metadata").putObject("labels").put("app", label);
        Write.Outcome outcome =
                to.write(new Write.Update(present.key(), "", JsonBytes.of(tree), Write.Options.DEFAULT));
        return ((Write.Outcome.Done) outcome).object();
    }

    private static Write.Outcome delete(RunningRegistry from, ResourceKey key) {
        return from.write(new Write.Delete(key, Write.Deletion.DEFAULT, Write.Options.DEFAULT));
    }

    @Test
    @DisplayName("by label sees an object come when it begins to match and go when it ends to")
    void labels() {
        Collection collection = namespace("labels");
        ResourceFilter filter = object -> "a".equals(object.labels().get("app"));
        try (Watched watch =
                Watched.of(registry, new WatchRequest(collection, filter, OptionalLong.empty(), false, true))) {
            assertThat(Watched.shown(watch.next())).isEqualTo("END");
            Resource object =
                    registry.create(CONFIG_MAPS, "ConfigMap", "labels", "c", "").object();
            Resource matching = put(registry, object, "a");
            Resource other = put(registry, matching, "b");
            Resource again = put(registry, other, "a");
            Resource still = registry.write(new Write.Patch(
                                    again.key(),
                                    "",
                                    Write.PatchType.MERGE_PATCH,
                                    new Write.PatchBody(
                                            dev.weft.registry.endpoints.FakeShard.tree("{'data':{'k':'v'}}"), false),
                                    Write.Options.DEFAULT))
                            instanceof Write.Outcome.Done done
                    ? done.object()
                    : again;
            delete(registry, still.key());
            List<WatchEvent> events = watch.next(5);
            assertThat(events)
                    .extracting(Watched::shown)
                    .containsExactly("ADDED c", "DELETED c", "ADDED c", "MODIFIED c", "DELETED c");
            Resource left = ((WatchEvent.Deleted) events.get(1)).object();
            assertThat(left.labels()).containsEntry("app", "a");
            assertThat(left.version()).isEqualTo(other.version());
            assertThat(left.json()
                            .toTree()
                            .path("metadata")
                            .path("resourceVersion")
                            .asText())
                    .isEqualTo("" + other.version());
            assertThat(Watched.version(events.get(4))).isGreaterThan(still.version());
        }
    }

    @Test
    @DisplayName("begins with what is there and says when that was all")
    void initial() {
        Collection collection = namespace("initial");
        for (int i = 0; i < 3; i++) {
            registry.create(CONFIG_MAPS, "ConfigMap", "initial", "c" + i, "");
        }
        try (Watched watch = Watched.of(
                registry, new WatchRequest(collection, ResourceFilter.ALL, OptionalLong.empty(), false, true))) {
            registry.create(CONFIG_MAPS, "ConfigMap", "initial", "later", "");
            List<WatchEvent> events = watch.next(5);
            assertThat(events).extracting(Watched::shown).contains("ADDED c0", "ADDED c1", "ADDED c2", "END");
            assertThat(events).extracting(Watched::shown).containsOnlyOnce("ADDED later");
        }
    }

    @Test
    @DisplayName("on something idle gets bookmarks that move on, and can be resumed from them")
    void bookmarks() {
        Collection collection = namespace("bookmarks");
        try (Watched watch = Watched.of(
                registry, new WatchRequest(collection, ResourceFilter.ALL, OptionalLong.empty(), true, false))) {
            long first = Watched.version(watch.next());
            long later = first;
            while (later <= first) {
                WatchEvent event = watch.next();
                assertThat(event).isInstanceOf(WatchEvent.Bookmark.class);
                later = Watched.version(event);
            }
            Resource created = registry.create(CONFIG_MAPS, "ConfigMap", "bookmarks", "c", "")
                    .object();
            assertThat(created.version()).isGreaterThan(later);
            try (Watched resumed = Watched.since(registry, collection, later)) {
                assertThat(Watched.version(resumed.next())).isEqualTo(created.version());
            }
        }
    }

    @Test
    @DisplayName("over all shards is in one order, complete, with the versions that the writers were told")
    void oneOrder() {
        for (int i = 0; i < 8; i++) {
            namespace("order-" + i);
        }
        long since = RegistryNodeTest.list(registry, ALL).version();
        try (Watched watch = Watched.since(registry, ALL, since)) {
            List<CompletableFuture<Write.Outcome>> writes = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                writes.add(registry.node()
                        .write(RunningRegistry.create(
                                CONFIG_MAPS, "ConfigMap", "order-" + i % 8, "c" + i, "", Write.Options.DEFAULT))
                        .toCompletableFuture());
            }
            List<Long> told = writes.stream()
                    .map(write -> ((Write.Outcome.Done) write.join()).object().version())
                    .sorted()
                    .toList();
            assertThat(watch.next(80)).extracting(Watched::version).isEqualTo(told);
            long middle = told.get(40);
            try (Watched resumed = Watched.since(registry, ALL, middle)) {
                assertThat(resumed.next(39)).extracting(Watched::version).isEqualTo(told.subList(41, 80));
            }
        }
    }

    @Test
    @DisplayName("that is not read is cut off as expired, and nobody else notices")
    void slow() {
        Collection collection = namespace("slow");
        long since = RegistryNodeTest.list(registry, collection).version();
        try (Watched slow = Watched.since(registry, collection, since);
                Watched fast = Watched.since(registry, collection, since)) {
            registry.create(CONFIG_MAPS, "ConfigMap", "slow", "first", "");
            assertThat(Watched.shown(slow.next())).isEqualTo("ADDED first");
            assertThat(Watched.shown(fast.next())).isEqualTo("ADDED first");
            for (int i = 0; i < 200; i++) {
                registry.create(CONFIG_MAPS, "ConfigMap", "slow", "c" + i, "");
                assertThat(Watched.shown(fast.next())).isEqualTo("ADDED c" + i);
            }
            List<WatchEvent> rest = slow.rest();
            assertThat(rest.size()).isLessThan(200);
            assertThat(rest.subList(0, rest.size() - 1))
                    .extracting(Watched::shown)
                    .startsWith("ADDED c0", "ADDED c1");
            assertThat(Watched.shown(rest.get(rest.size() - 1))).isEqualTo("FAILED Expired");
        }
    }

    @Test
    @DisplayName("from before the kept history is refused as expired")
    void outside() {
        Collection collection = namespace("outside");
        long since = RegistryNodeTest.list(registry, collection).version();
        for (int i = 0; i < 450; i++) {
            registry.create(CONFIG_MAPS, "ConfigMap", "outside", "c" + i, "");
        }
        try (Watched old = Watched.since(registry, collection, since)) {
            WatchEvent.Failed failed = (WatchEvent.Failed) old.next();
            assertThat(failed.refusal().reason()).isEqualTo(Refusal.Reason.Expired);
            assertThat(failed.refusal().reason().httpStatus()).isEqualTo(410);
        }
    }

    @Test
    @DisplayName("from a version to come is silent until that is passed")
    void future() {
        Collection collection = namespace("future");
        long soon = HybridTimestamp.ofMillis(
                        Instant.now().plus(Duration.ofSeconds(2)).toEpochMilli())
                .packed();
        try (Watched early = Watched.since(registry, collection, soon)) {
            Resource made;
            int count = 0;
            do {
                made = registry.create(CONFIG_MAPS, "ConfigMap", "future", "c" + count++, "")
                        .object();
            } while (made.version() <= soon);
            assertThat(Watched.shown(early.next()))
                    .isEqualTo("ADDED " + made.key().name());
        }
    }

    @Test
    @DisplayName("goes on over a restart where it was, in a namespace and over all")
    void restart() {
        Resource first;
        List<Long> told = new ArrayList<>();
        try (RunningRegistry before = RunningRegistry.withStorage(own)) {
            first = before.create(CONFIG_MAPS, "ConfigMap", "default", "first", "")
                    .object();
            told.add(before.create(CONFIG_MAPS, "ConfigMap", "kube-system", "second", "")
                    .object()
                    .version());
            told.add(before.create(CONFIG_MAPS, "ConfigMap", "default", "third", "")
                    .object()
                    .version());
            delete(before, first.key());
        }
        try (RunningRegistry after = RunningRegistry.withStorage(own)) {
            try (Watched all = Watched.since(after, ALL, first.version());
                    Watched namespaced =
                            Watched.since(after, new Collection(CONFIG_MAPS, "default"), first.version())) {
                after.create(CONFIG_MAPS, "ConfigMap", "default", "fourth", "");
                List<WatchEvent> events = all.next(4);
                assertThat(events)
                        .extracting(Watched::shown)
                        .containsExactly("ADDED second", "ADDED third", "DELETED first", "ADDED fourth");
                assertThat(events).extracting(Watched::version).isSorted().containsAll(told);
                assertThat(namespaced.next(3))
                        .extracting(Watched::shown)
                        .containsExactly("ADDED third", "DELETED first", "ADDED fourth");
            }
        }
    }
}
