package dev.weft.registry;

import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.cluster.sharding.ShardCoordinator.ActorSystemDependentAllocationStrategy;
import akka.cluster.sharding.ShardCoordinator.ShardAllocationStrategy;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.dispatch.Futures;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Set;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Akka's own choice of where shards run, but shards that run somewhere move only once every process has been there for a
 * while. Belongs to one coordinator, which calls it from one thread at a time.
 */
final class SettledAllocation implements ActorSystemDependentAllocationStrategy {
    private final ShardAllocationStrategy choice;
    private final Duration settle;
    private final InstantSource clock;
    private Map<ActorRef, Instant> since = Map.of();

    /**
     * @param choice what is asked once all have settled
     * @param settle how long each must have been there
     * @param clock that nobody can set
     */
    SettledAllocation(ShardAllocationStrategy choice, Duration settle, InstantSource clock) {
        this.choice = choice;
        this.settle = settle;
        this.clock = clock;
    }

    /** Over the choice that is configured. */
    static SettledAllocation of(akka.actor.typed.ActorSystem<?> system, Duration settle) {
        return new SettledAllocation(
                ClusterSharding.get(system).defaultShardAllocationStrategy(ClusterShardingSettings.create(system)),
                settle,
                new SteadyClock());
    }

    @Override
    public void start(ActorSystem system) {
        if (choice instanceof ActorSystemDependentAllocationStrategy dependent) {
            dependent.start(system);
        }
    }

    @Override
    public Future<ActorRef> allocateShard(
            ActorRef requester,
            String shard,
            scala.collection.immutable.Map<ActorRef, IndexedSeq<String>> allocations) {
        return choice.allocateShard(requester, shard, allocations);
    }

    @Override
    public Future<Set<String>> rebalance(
            scala.collection.immutable.Map<ActorRef, IndexedSeq<String>> allocations, Set<String> moving) {
        return settled(CollectionConverters.asJava(allocations).keySet())
                ? choice.rebalance(allocations, moving)
                : Futures.successful(
                        CollectionConverters.asScala(java.util.Set.<String>of()).toSet());
    }

    private boolean settled(java.util.Set<ActorRef> regions) {
        Instant now = clock.instant();
        Map<ActorRef, Instant> seen = new HashMap<>();
        regions.forEach(region -> seen.put(region, since.getOrDefault(region, now)));
        since = Map.copyOf(seen);
        return seen.values().stream().noneMatch(first -> first.plus(settle).isAfter(now));
    }
}
