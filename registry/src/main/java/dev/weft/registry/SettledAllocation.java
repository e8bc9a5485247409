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
import java.util.function.Predicate;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Set;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Akka's own choice of where shards run, but among processes that have come up where there is one, and shards that run
 * somewhere move only once every process has come up and been there for a while. Belongs to one coordinator, which calls
 * it from one thread at a time.
 */
final class SettledAllocation implements ActorSystemDependentAllocationStrategy {
    private final ShardAllocationStrategy choice;
    private final ArrivalSettings settings;
    private final Predicate<ActorRef> ready;
    private final InstantSource clock;
    private Map<ActorRef, Instant> since = Map.of();

    /**
     * @param choice what is asked for one among those that may be chosen
     * @param ready whether the process of a region has said that it has come up
     * @param clock that nobody can set
     */
    SettledAllocation(
            ShardAllocationStrategy choice, ArrivalSettings settings, Predicate<ActorRef> ready, InstantSource clock) {
        this.choice = choice;
        this.settings = settings;
        this.ready = ready;
        this.clock = clock;
    }

    /** Over the choice that is configured. */
    static SettledAllocation of(
            akka.actor.typed.ActorSystem<?> system, ArrivalSettings settings, Predicate<ActorRef> ready) {
        return new SettledAllocation(
                ClusterSharding.get(system).defaultShardAllocationStrategy(ClusterShardingSettings.create(system)),
                settings,
                ready,
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
        Instant now = see(allocations);
        Map<ActorRef, IndexedSeq<String>> up = new HashMap<>(CollectionConverters.asJava(allocations));
        up.keySet().removeIf(region -> !isUp(region, now));
        return choice.allocateShard(
                requester,
                shard,
                up.isEmpty() ? allocations : scala.collection.immutable.Map.from(CollectionConverters.asScala(up)));
    }

    @Override
    public Future<Set<String>> rebalance(
            scala.collection.immutable.Map<ActorRef, IndexedSeq<String>> allocations, Set<String> moving) {
        Instant now = see(allocations);
        return since.keySet().stream().allMatch(region -> isUp(region, now) && isSettled(region, now))
                ? choice.rebalance(allocations, moving)
                : Futures.successful(
                        CollectionConverters.asScala(java.util.Set.<String>of()).toSet());
    }

    /** Notes who has come and who has gone. */
    private Instant see(scala.collection.immutable.Map<ActorRef, IndexedSeq<String>> allocations) {
        Instant now = clock.instant();
        Map<ActorRef, Instant> seen = new HashMap<>();
        CollectionConverters.asJava(allocations)
                .keySet()
                .forEach(region -> seen.put(region, since.getOrDefault(region, now)));
        since = Map.copyOf(seen);
        return now;
    }

    private boolean isSettled(ActorRef region, Instant now) {
        return isThere(region, settings.settle(), now);
    }

    /** Also where it has said nothing for long: it may be of a version that does not. */
    private boolean isUp(ActorRef region, Instant now) {
        return ready.test(region) || isThere(region, settings.patience(), now);
    }

    private boolean isThere(ActorRef region, Duration time, Instant now) {
        return !since.getOrDefault(region, now).plus(time).isAfter(now);
    }
}
