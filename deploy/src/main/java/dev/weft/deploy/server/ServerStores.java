package dev.weft.deploy.server;

import com.typesafe.config.Config;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.registry.RegistrySettings;
import dev.weft.registry.journal.DataDirectoryException;
import dev.weft.registry.journal.JournalDatabase;
import dev.weft.registry.journal.PostgresDatabase;
import dev.weft.registry.journal.PostgresSettings;
import dev.weft.registry.journal.StoreAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a process keeps things. They are opened before anything else, and closed after everything else.
 *
 * @param own on its disk: everything, or only what it knows of other clusters; null if it holds no shards
 * @param shared with the other processes of its cluster; null if they share nothing
 */
record ServerStores(@Nullable JournalDatabase own, @Nullable PostgresDatabase shared) {

    /**
     * Opens what the settings say.
     *
     * @throws CommandFailed with one sentence; then none is left open
     */
    static ServerStores open(ServerSettings settings, Config config) {
        JournalDatabase own = settings.holdsShards() ? openOwn(settings, config) : null;
        try {
            return new ServerStores(
                    own,
                    settings.store()
                            .map(store -> openShared(settings, store, config))
                            .orElse(null));
        } catch (RuntimeException e) {
            new ServerStores(own, null).close();
            throw e;
        }
    }

    private static JournalDatabase openOwn(ServerSettings settings, Config config) {
        try {
            RegistrySettings registry = RegistrySettings.of(config);
            return JournalDatabase.open(settings.data(), settings.cluster(), registry.journal())
                    .forShards(registry.shards());
        } catch (DataDirectoryException e) {
            throw CommandFailed.failed(String.valueOf(e.getMessage()), e);
        }
    }

    private static PostgresDatabase openShared(ServerSettings settings, StoreAddress store, Config config) {
        try {
            return PostgresDatabase.open(
                    store,
                    settings.cluster(),
                    RegistrySettings.of(config).shards(),
                    PostgresSettings.of(config.getConfig("weft.registry.postgres")));
        } catch (DataDirectoryException e) {
            throw CommandFailed.failed(String.valueOf(e.getMessage()), e);
        }
    }

    /** Closes what is open. */
    void close() {
        if (shared != null) {
            shared.close();
        }
        if (own != null) {
            own.close();
        }
    }
}
