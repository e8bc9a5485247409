package dev.weft.registry;

import static dev.weft.registry.RunningRegistry.CONFIG_MAPS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.testbed.TestStore;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import dev.weft.registry.watch.ResourceFilter;
import dev.weft.registry.watch.VersionMatch;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A list")
@ParameterizedClass
@EnumSource(TestStore.class)
class ListingTest {
    private static final Collection ALL = Collection.everywhere(CONFIG_MAPS);

    @Parameter
    @SuppressWarnings("UnusedVariable") // only begins the registry
    private TestStore kind = TestStore.EMBEDDED;

    @TempDir
    private static Path directory;

    private static RunningRegistry registry;

    @BeforeParameterizedClassInvocation
    static void start(TestStore store) {
        registry = RunningRegistry.with(
                store,
                directory.resolve(store.name()),
                "read-timeout = 1 s, version-timeout = 1 s, watch { shard-history = 300, merged-history = 300 }");
        for (int i = 0; i < 3; i++) {
            registry.create(Placement.NAMESPACES, "Namespace", "", "n" + i, "");
            for (int j = 0; j < 10; j++) {
                registry.create(CONFIG_MAPS, "ConfigMap", "n" + i, "c" + j, "");
            }
        }
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        registry.close();
    }

    private static Registry.Answer<Listing> ask(Collection what, VersionMatch version, int limit, String continuation) {
        return registry.node()
                .list(new ListRequest(what, ResourceFilter.ALL, version, limit, continuation))
                .toCompletableFuture()
                .join();
    }

    private static Listing found(Registry.Answer<Listing> answer) {
        return ((Registry.Answer.Found<Listing>) answer).value();
    }

    private static Refusal refused(Registry.Answer<Listing> answer) {
        return ((Registry.Answer.Refused<Listing>) answer).refusal();
    }

    private static List<String> names(List<Resource> items) {
        return items.stream()
                .map(item -> item.key().namespace() + "/" + item.key().name())
                .toList();
    }

    private static void delete(Resource object) {
        registry.write(new Write.Delete(object.key(), Write.Deletion.DEFAULT, Write.Options.DEFAULT));
    }

    @Test
    @DisplayName("in pages is that of the first page's version, whatever is written meanwhile")
    void pages() {
        List<String> expected =
                names(found(ask(ALL, new VersionMatch.MostRecent(), 0, "")).items());
        Listing page = found(ask(ALL, new VersionMatch.MostRecent(), 7, ""));
        assertThat(page.remaining()).isEqualTo(expected.size() - 7);
        long version = page.version();
        List<String> read = new ArrayList<>(names(page.items()));
        List<Resource> extra = new ArrayList<>();
        while (!page.continuation().isEmpty()) {
            extra.add(registry.create(CONFIG_MAPS, "ConfigMap", "n1", "later-" + extra.size(), "")
                    .object());
            page = found(ask(ALL, new VersionMatch.MostRecent(), 7, page.continuation()));
            assertThat(page.version()).isEqualTo(version);
            assertThat(page.items().size()).isLessThanOrEqualTo(7);
            read.addAll(names(page.items()));
        }
        assertThat(read).isEqualTo(expected);
        extra.forEach(ListingTest::delete);
    }

    @Test
    @DisplayName("whose next page is asked for too late is refused as expired")
    void expiredToken() {
        Collection one = new Collection(CONFIG_MAPS, "n0");
        Listing page = found(ask(one, new VersionMatch.MostRecent(), 3, ""));
        List<Resource> many = new ArrayList<>();
        for (int i = 0; i < 310; i++) {
            many.add(registry.create(CONFIG_MAPS, "ConfigMap", "n0", "many-" + i, "")
                    .object());
        }
        Refusal refusal = refused(ask(one, new VersionMatch.MostRecent(), 3, page.continuation()));
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.Expired);
        assertThat(refusal.message()).contains("continue parameter is too old");
        Refusal exact = refused(ask(one, new VersionMatch.Exact(page.version()), 0, ""));
        assertThat(exact.reason()).isEqualTo(Refusal.Reason.Expired);
        many.forEach(ListingTest::delete);
    }

    @Test
    @DisplayName("at an exact version shows what was, not what is")
    void exact() {
        Resource first =
                registry.create(CONFIG_MAPS, "ConfigMap", "n2", "exact", "").object();
        delete(first);
        Collection one = new Collection(CONFIG_MAPS, "n2");
        Listing then = found(ask(one, new VersionMatch.Exact(first.version()), 0, ""));
        assertThat(names(then.items())).contains("n2/exact");
        assertThat(then.version()).isEqualTo(first.version());
        assertThat(names(found(ask(one, new VersionMatch.MostRecent(), 0, "")).items()))
                .doesNotContain("n2/exact");
        assertThat(names(found(ask(ALL, new VersionMatch.Exact(first.version()), 0, ""))
                        .items()))
                .contains("n2/exact");
    }

    @Test
    @DisplayName("not older than a write shows that write, over all namespaces too")
    void notOlder() {
        for (int i = 0; i < 20; i++) {
            Resource written = registry.create(CONFIG_MAPS, "ConfigMap", "n1", "fresh-" + i, "")
                    .object();
            Listing listing = found(ask(ALL, new VersionMatch.NotOlderThan(written.version()), 0, ""));
            assertThat(names(listing.items())).contains("n1/fresh-" + i);
            assertThat(listing.version()).isGreaterThanOrEqualTo(written.version());
            delete(written);
        }
    }

    @Test
    @DisplayName("not older than a version that nobody issued is refused after a while, and moves no clock")
    void future() {
        long tomorrow = HybridTimestamp.ofMillis(
                        Instant.now().plusSeconds(86_400).toEpochMilli())
                .packed();
        Refusal refusal = refused(ask(ALL, new VersionMatch.NotOlderThan(tomorrow), 0, ""));
        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.Timeout);
        assertThat(refusal.message()).startsWith("Timeout: Too large resource version: " + tomorrow);
        assertThat(registry.create(CONFIG_MAPS, "ConfigMap", "n1", "unmoved", "")
                        .object()
                        .version())
                .isLessThan(tomorrow);
    }

    @Test
    @DisplayName("of the present sees every write that was acknowledged before, from many threads")
    void readsOwnWrites() {
        List<CompletableFuture<Boolean>> seen = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ResourceKey key = new ResourceKey(CONFIG_MAPS, "n" + i % 3, "own-" + i);
            seen.add(registry.node()
                    .write(RunningRegistry.create(
                            CONFIG_MAPS, "ConfigMap", key.namespace(), key.name(), "", Write.Options.DEFAULT))
                    .thenCompose(done -> registry.node().get(key, new VersionMatch.MostRecent()))
                    .thenApply(answer -> answer instanceof Registry.Answer.Found<Resource>)
                    .toCompletableFuture());
        }
        assertThat(seen).allSatisfy(found -> assertThat(found.join()).isTrue());
    }

    @Test
    @DisplayName("continued with nonsense is a bad request")
    void nonsense() {
        assertThat(refused(ask(ALL, new VersionMatch.MostRecent(), 3, "???")).reason())
                .isEqualTo(Refusal.Reason.BadRequest);
    }
}
