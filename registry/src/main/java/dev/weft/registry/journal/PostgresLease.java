package dev.weft.registry.journal;

import akka.actor.ExtendedActorSystem;
import akka.cluster.Cluster;
import akka.cluster.ClusterEvent;
import akka.coordination.lease.LeaseSettings;
import akka.coordination.lease.javadsl.Lease;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A lease in the store that processes share, for Akka's split brain resolver, which takes it for one decision and gives it
 * back when nobody can decide otherwise any more. It ends by itself when its time is over, by the database's clock.
 *
 * <p>Who decides for a side of a cut is its first process, which may be another at the next cut while the lease of the last
 * one is still out: whoever has it then, if he is on the same side and has had it for a while, gives it up to that one. His
 * own side decides now; without it the dead would have a vote against those who live.
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
                        settings.timeoutSettings().getHeartbeatTimeout(),
                        reachable(),
                        settings.leaseConfig().getDuration("settled")))
                .whenComplete((taken, failure) -> held.set(failure == null && taken));
    }

    /** Those on this side of a cut, as they own a lease. */
    private Set<String> reachable() {
        ClusterEvent.CurrentClusterState state = Cluster.get(system).state();
        Set<String> reachable = new HashSet<>();
        state.getMembers().forEach(member -> reachable.add(member.address().hostPort()));
        state.getUnreachable()
                .forEach(member -> reachable.remove(member.address().hostPort()));
        return reachable;
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
