package dev.weft.registry.journal;

import akka.actor.ActorSystem;
import akka.persistence.jdbc.db.SlickDatabase;
import akka.persistence.jdbc.db.SlickDatabaseProvider;
import com.typesafe.config.Config;
import slick.jdbc.JdbcBackend;
import slick.jdbc.JdbcProfile;
import slick.jdbc.PostgresProfile$;

/** Gives Akka's JDBC plugin the connections of the {@link PostgresDatabase} of its actor system, for journal and snapshots. */
public final class PostgresProvider implements SlickDatabaseProvider {
    private final ActorSystem system;

    /** Called by the plugin, by name. */
    public PostgresProvider(ActorSystem system) {
        this.system = system;
    }

    @Override
    public SlickDatabase database(Config config) {
        return new Shared(PostgresStorage.of(system).database().slick());
    }

    private record Shared(JdbcBackend.DatabaseDef database) implements SlickDatabase {
        @Override
        public JdbcProfile profile() {
            return PostgresProfile$.MODULE$;
        }

        /** Who opened it closes it. */
        @Override
        public boolean allowShutdown() {
            return false;
        }
    }
}
