package dev.weft.registry.journal;

import akka.actor.ExtendedActorSystem;
import akka.coordination.lease.LeaseSettings;
import akka.coordination.lease.javadsl.Lease;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A lease in the store that processes share, for Akka's split brain resolver, which takes it once and gives it back. It
 * ends by itself when its time is over, by the database's clock.
 */
public final class PostgresLease extends Lease {
    private final LeaseSettings settings;
    private final ExtendedActorSystem system;
    private final AtomicBoolean held = new AtomicBoolean();

    /** Called by Akka, by name. */
    public PostgresLease(LeaseSettings settings, ExtendedActorSystem system) {
        this.settings = settings;
        this.system = system;
    }

    @Override
    public LeaseSettings getSettings() {
        return settings;
    }

    @Override
    public CompletionStage<Boolean> acquire() {
        PostgresDatabase database = PostgresStorage.of(system).database();
        return database.run(() -> database.acquire(
                        settings.leaseName(),
                        settings.ownerName(),
                        settings.timeoutSettings().getHeartbeatTimeout()))
                .whenComplete((taken, failure) -> held.set(failure == null && taken));
    }

    @Override
    public CompletionStage<Boolean> acquire(Consumer<java.util.Optional<Throwable>> leaseLostCallback) {
        return acquire();
    }

    @Override
    public CompletionStage<Boolean> release() {
        if (!held.getAndSet(false)) {
            return CompletableFuture.completedStage(true);
        }
        PostgresDatabase database = PostgresStorage.of(system).database();
        return database.run(() -> {
            database.release(settings.leaseName(), settings.ownerName());
            return true;
        });
    }

    @Override
    public boolean checkLease() {
        return held.get();
    }
}
