package dev.weft.deploy.server;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import dev.weft.deploy.client.BackupFile;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.registry.ClusterConfig;
import dev.weft.registry.RegistrySettings;
import dev.weft.registry.Restoration;
import dev.weft.registry.journal.DataDirectoryException;
import dev.weft.registry.journal.JournalDatabase;
import dev.weft.registry.journal.PostgresDatabase;
import dev.weft.registry.journal.PostgresSettings;
import dev.weft.registry.journal.Storage;
import dev.weft.registry.journal.StoreAddress;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.watch.ResourceStamp;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Fills an empty store from a backup while no server runs on it. */
public final class StoreRestore {
    private StoreRestore() {}

    /**
     * Restores; everything is on disk afterwards. Cut off, it leaves a store that nobody can open.
     *
     * @param data the directory of an embedded store; not used where there is a shared one
     * @param file a configuration that overrides the defaults: the server's, e.g. if that has another number of shards
     * @throws CommandFailed with a sentence if the store is not empty, in use, or another cluster's
     */
    public static void into(
            Path data, Optional<StoreAddress> store, Optional<Path> file, String cluster, BackupFile backup) {
        ClusterConfig.Holding holding =
                store.isPresent() ? ClusterConfig.Holding.SHARED : ClusterConfig.Holding.EMBEDDED;
        Config config = ServerConfig.ofRestore(file, holding);
        RegistrySettings settings = RegistrySettings.of(config);
        try (Storage storage = open(data, store, cluster, settings, config)) {
            ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), cluster, config);
            try {
                Restoration restoration = new Restoration(system, new Placement(settings.shards()), storage);
                if (!restoration.isEmpty().toCompletableFuture().join()) {
                    throw CommandFailed.failed(
                            store.<Object>map(address -> address).orElse(data)
                                    + " is not empty; a backup is restored into an empty store only, nothing was changed");
                }
                restoration
                        .restore(
                                backup.entries().stream()
                                        .map(StoreRestore::object)
                                        .toList(),
                                backup.version(),
                                InstantSource.system().millis())
                        .toCompletableFuture()
                        .join();
            } catch (CompletionException e) {
                throw CommandFailed.failed(
                        "the backup could not be stored: " + e.getCause()
                                + "; a part of it may be, so empty the store before you try again",
                        e);
            } catch (DataDirectoryException e) {
                throw CommandFailed.failed(String.valueOf(e.getMessage()), e);
            } finally {
                system.terminate();
                system.getWhenTerminated().toCompletableFuture().join();
            }
        }
    }

    private static Storage open(
            Path data, Optional<StoreAddress> store, String cluster, RegistrySettings settings, Config config) {
        try {
            return store.isPresent()
                    ? PostgresDatabase.open(
                            store.get(),
                            cluster,
                            settings.shards(),
                            PostgresSettings.of(config.getConfig("weft.registry.postgres")))
                    : JournalDatabase.open(data, cluster, settings.journal()).forShards(settings.shards());
        } catch (DataDirectoryException e) {
            throw CommandFailed.failed(String.valueOf(e.getMessage()), e);
        }
    }

    private static Resource object(BackupFile.Entry entry) {
        var metadata = entry.object().path("metadata");
        return ResourceStamp.of(
                new ResourceKey(
                        new ResourceType(entry.group(), entry.resource()),
                        metadata.path("namespace").asText(),
                        metadata.path("name").asText()),
                entry.object(),
                metadata.path("resourceVersion").asLong());
    }
}
