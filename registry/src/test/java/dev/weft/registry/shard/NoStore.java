package dev.weft.registry.shard;

import akka.actor.ClassicActorSystemProvider;
import dev.weft.registry.journal.Attendance;
import dev.weft.registry.journal.SharedStorage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that is only named, and never asked. */
record NoStore() implements SharedStorage {
    @Override
    public void beginRestoring() {}

    @Override
    public void endRestoring() {}

    @Override
    public Attendance attendance() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Long> lastNumber(String persistenceId) {
        return CompletableFuture.completedStage(0L);
    }

    @Override
    public void attach(ClassicActorSystemProvider system) {}

    @Override
    public void close() {}
}
