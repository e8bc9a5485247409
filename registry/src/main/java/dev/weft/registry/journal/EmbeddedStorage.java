package dev.weft.registry.journal;

import akka.actor.AbstractExtensionId;
import akka.actor.ClassicActorSystemProvider;
import akka.actor.ExtendedActorSystem;
import akka.actor.Extension;
import akka.actor.ExtensionIdProvider;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Where the plugins, which Akka makes by name, find the store of their actor system. */
public final class EmbeddedStorage implements Extension {
    private static final Id ID = new Id();

    private final AtomicReference<@Nullable JournalDatabase> database = new AtomicReference<>();

    private EmbeddedStorage() {}

    /** That of an actor system. */
    public static EmbeddedStorage of(ClassicActorSystemProvider system) {
        return ID.get(system);
    }

    /** Hands over the store, before the first persistent actor starts. */
    public void attach(JournalDatabase opened) {
        database.set(opened);
    }

    /** Why the store takes nothing more in: its disk is full. Empty if it does, or if none is attached. Does not block. */
    public Optional<StorageException> full() {
        JournalDatabase attached = database.get();
        return attached == null ? Optional.empty() : attached.full();
    }

    JournalDatabase database() {
        JournalDatabase attached = database.get();
        if (attached == null) {
            throw new IllegalStateException("no store: attach one before the first persistent actor starts");
        }
        return attached;
    }

    /** Akka's name for it. */
    public static final class Id extends AbstractExtensionId<EmbeddedStorage> implements ExtensionIdProvider {
        private Id() {}

        @Override
        public EmbeddedStorage createExtension(ExtendedActorSystem system) {
            return new EmbeddedStorage();
        }

        @Override
        public Id lookup() {
            return this;
        }
    }
}
