package dev.weft.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.gossip.HostPort;
import dev.weft.registry.journal.DataDirectoryException;
import dev.weft.registry.journal.JournalDatabase;
import dev.weft.registry.journal.PostgresDatabase;
import dev.weft.registry.journal.PostgresSettings;
import dev.weft.registry.journal.Storage;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.testbed.TestStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A restore")
class RestorationTest {
    @TempDir
    private Path directory;

    private static Storage open(TestStore store, Path directory, RegistrySettings settings) {
        return store == TestStore.EMBEDDED
                ? JournalDatabase.open(directory, "east", settings.journal())
                : PostgresDatabase.open(
                        TestStore.database(directory),
                        "east",
                        settings.shards(),
                        PostgresSettings.of(ConfigFactory.load().getConfig("weft.registry.postgres")));
    }

    private static Config config(TestStore store) {
        return ClusterConfig.of(
                ConfigFactory.parseString("akka.actor.provider = local"),
                new HostPort("127.0.0.1", 0),
                store == TestStore.EMBEDDED ? ClusterConfig.Holding.EMBEDDED : ClusterConfig.Holding.SHARED);
    }

    /** Restores a backup of nothing; says whether all of it was stored. */
    private static boolean restore(Config config, Storage storage) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "east", config);
        try {
            Placement placement = new Placement(RegistrySettings.of(config).shards());
            return new Restoration(system, placement, storage)
                    .restore(List.of(), 1, 1)
                    .handle((done, failure) -> failure == null)
                    .toCompletableFuture()
                    .join();
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    @Test
    @DisplayName("that does not come to its end leaves a store that nobody takes for a whole one")
    void cutOff() {
        Config config = config(TestStore.EMBEDDED);
        RegistrySettings settings = RegistrySettings.of(config);
        try (Storage full = JournalDatabase.open(directory, "east", settings.journal(), () -> 0)) {
            assertThat(restore(config, full)).isFalse();
        }
        assertThatThrownBy(() -> open(TestStore.EMBEDDED, directory, settings))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageStartingWith(directory.toString())
                .hasMessageContaining("only a part of a backup")
                .hasMessageContaining("delete everything in it and restore again");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("keeps the store shut while it lasts, and no longer")
    void mark(TestStore store) {
        Config config = config(store);
        RegistrySettings settings = RegistrySettings.of(config);
        try (Storage storage = open(store, directory, settings)) {
            storage.beginRestoring();
        }
        assertThatThrownBy(() -> open(store, directory, settings))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("only a part of a backup");
        Path other = directory.resolve("other");
        try (Storage storage = open(store, other, settings)) {
            assertThat(restore(config, storage)).isTrue();
        }
        open(store, other, settings).close();
    }
}
