package dev.weft.registry.journal;

import akka.actor.AbstractExtensionId;
import akka.actor.ClassicActorSystemProvider;
import akka.actor.ExtendedActorSystem;
import akka.actor.Extension;
import akka.actor.ExtensionIdProvider;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Where the JDBC plugin, which Akka makes by name, finds the database of its actor system. */
public final class PostgresStorage implements Extension {
    private static final Id ID = new Id();

    private final AtomicReference<@Nullable PostgresDatabase> database = new AtomicReference<>();

    private PostgresStorage() {}

    static PostgresStorage of(ClassicActorSystemProvider system) {
        return ID.get(system);
    }

    void attach(PostgresDatabase opened) {
        database.set(opened);
    }

    PostgresDatabase database() {
        PostgresDatabase attached = database.get();
        if (attached == null) {
            throw new IllegalStateException("no store: attach one before the first persistent actor starts");
        }
        return attached;
    }

    /** Akka's name for it. */
    public static final class Id extends AbstractExtensionId<PostgresStorage> implements ExtensionIdProvider {
        private Id() {}

        @Override
        public PostgresStorage createExtension(ExtendedActorSystem system) {
            return new PostgresStorage();
        }

        @Override
        public Id lookup() {
            return this;
        }
    }
}
