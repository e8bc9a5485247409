package dev.weft.registry;

import static dev.weft.registry.RunningRegistry.CONFIG_MAPS;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A registry node")
@ParameterizedClass
@EnumSource(TestStore.class)
class RegistryNodeTest {
    @Parameter
    private TestStore store = TestStore.EMBEDDED;

    @TempDir
    private Path directory;

    @Test
    @DisplayName("starts with the four namespaces that every cluster has")
    void startsWithNamespaces() {
        try (RunningRegistry registry = RunningRegistry.withStorage(store, directory)) {
            assertThat(list(registry, Collection.everywhere(Placement.NAMESPACES))
                            .items())
                    .extracting(object -> object.key().name())
                    .containsExactly("default", "kube-node-lease", "kube-public", "kube-system");
        }
    }

    @Test
    @DisplayName("finds everything again after a restart, with the same identities and versions")
    void survivesRestart() {
        List<Resource> before;
        try (RunningRegistry registry = RunningRegistry.withStorage(store, directory)) {
            registry.create(Placement.NAMESPACES, "Namespace", "", "shop", "");
            for (int i = 0; i < 20; i++) {
                registry.create(CONFIG_MAPS, "ConfigMap", i % 2 == 0 ? "shop" : "default", "c" + i, "");
            }
            before = list(registry, Collection.everywhere(CONFIG_MAPS)).items();
            assertThat(before).hasSize(20);
        }
        try (RunningRegistry registry = RunningRegistry.withStorage(store, directory)) {
            assertThat(list(registry, Collection.everywhere(CONFIG_MAPS)).items())
                    .isEqualTo(before);
            Resource later = registry.create(CONFIG_MAPS, "ConfigMap", "shop", "later", "")
                    .object();
            assertThat(later.version())
                    .isGreaterThan(
                            before.stream().mapToLong(Resource::version).max().orElseThrow());
        }
    }

    @Test
    @DisplayName("refuses what would stand in a namespace that does not exist")
    void refusesHomeless() {
        try (RunningRegistry registry = RunningRegistry.withStorage(store, directory)) {
            Write.Outcome outcome = registry.write(
                    RunningRegistry.create(CONFIG_MAPS, "ConfigMap", "nowhere", "c", "", Write.Options.DEFAULT));
            assertThat(outcome)
                    .isEqualTo(new Write.Outcome.Refused(
                            Refusal.notFound(new ResourceKey(Placement.NAMESPACES, "", "nowhere"))));
        }
    }

    static Listing list(RunningRegistry registry, Collection collection) {
        Registry.Answer<Listing> answer = registry.node()
                .list(new ListRequest(collection, ResourceFilter.ALL, new VersionMatch.MostRecent(), 0, ""))
                .toCompletableFuture()
                .join();
        return ((Registry.Answer.Found<Listing>) answer).value();
    }
}
