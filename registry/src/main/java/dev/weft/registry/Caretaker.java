package dev.weft.registry;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SingletonActor;
import dev.weft.registry.controller.GarbageActor;
import dev.weft.registry.controller.LifecycleActor;
import dev.weft.registry.controller.LoadBalancerActor;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.shard.ShardContext;
import java.time.Duration;

/**
 * Starts what must run on one node of the cluster at a time: garbage collection, the lifecycle of nodes, and the repair of
 * claims.
 */
final class Caretaker {
    private static final Duration BACKOFF = Duration.ofSeconds(1);

    private Caretaker() {}

    /** Takes part in the choice of the node; only for processes that hold storage. */
    static void start(
            ActorSystem<?> system,
            KindCatalog kinds,
            RegistrySettings settings,
            GarbageActor.Ports garbage,
            LifecycleActor.Ports lifecycle,
            Claims claims,
            ClaimRepairActor.Release release,
            ShardContext parts) {
        Behavior<Void> tasks = Behaviors.setup(context -> {
            context.spawn(supervised(GarbageActor.create(kinds, garbage, settings.garbage())), "garbage");
            context.spawn(supervised(LifecycleActor.create(lifecycle, settings.lifecycle())), "lifecycle");
            context.spawn(
                    supervised(
                            ClaimRepairActor.create(settings.claimRepair(), System::nanoTime, claims::idle, release)),
                    "claim-repair");
            if (!settings.loadBalancer().pools().isEmpty()) {
                context.spawn(
                        supervised(LoadBalancerActor.create(
                                garbage, settings.loadBalancer(), parts.clock(), parts.random())),
                        "load-balancer");
            }
            return Behaviors.empty();
        });
        ClusterSingleton.get(system)
                .init(SingletonActor.of(tasks, "weft-caretaker")
                        .withSettings(ClusterSingletonSettings.create(system).withRole(ClusterConfig.STORAGE_ROLE)));
    }

    private static <T> Behavior<T> supervised(Behavior<T> behavior) {
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restartWithBackoff(BACKOFF, BACKOFF.multipliedBy(30), 0.2));
    }
}
