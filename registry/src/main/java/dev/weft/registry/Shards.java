package dev.weft.registry;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.cluster.sharding.typed.ShardingEnvelope;
import akka.cluster.sharding.typed.ShardingMessageExtractor;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.shard.ReadLease;
import dev.weft.registry.shard.RegistryShardActor;
import dev.weft.registry.shard.ShardCommand;
import dev.weft.registry.shard.ShardContext;
import dev.weft.registry.shard.ShardSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The shards of the cluster, wherever they run. */
final class Shards {
    static final EntityTypeKey<ShardCommand> TYPE = EntityTypeKey.create(ShardCommand.class, "registry");

    private final Questions questions;
    private final ActorRef<ShardingEnvelope<ShardCommand>> region;

    private Shards(ActorSystem<?> system, ActorRef<ShardingEnvelope<ShardCommand>> region) {
        questions = new Questions(system);
        this.region = region;
    }

    /**
     * Takes part in sharding: as a holder with the storage role, else as a proxy.
     *
     * @param allocation where shards go, should this process be the one that says so
     */
    static Shards start(
            ActorSystem<?> system,
            ShardSettings settings,
            SettledAllocation allocation,
            ShardContext context,
            Optional<ReadLease.Terms> terms,
            BiFunction<Integer, ActorRef<ShardCommand>, List<Behavior<?>>> companions) {
        Admission admission = new Admission(context.kinds());
        String pools = Integer.toString(context.placement().allocationShard());
        Entity<ShardCommand, ShardingEnvelope<ShardCommand>> entity = Entity.of(
                        TYPE,
                        started -> RegistryShardActor.create(
                                Integer.parseInt(started.getEntityId()),
                                context,
                                admission,
                                settings,
                                terms,
                                companions,
                                command -> ClusterSharding.get(system)
                                        .entityRefFor(TYPE, started.getEntityId())
                                        .tell(command),
                                release -> ClusterSharding.get(system)
                                        .entityRefFor(TYPE, pools)
                                        .tell(release)))
                .withMessageExtractor(new OneEntityAShard())
                .withAllocationStrategy(allocation)
                .withStopMessage(new ShardCommand.HandOver())
                .withRole(ClusterConfig.STORAGE_ROLE);
        ActorRef<ShardingEnvelope<ShardCommand>> region =
                ClusterSharding.get(system).init(entity);
        system.systemActorOf(DroppedCommands.create(region::tell), "weft-dropped-commands", Props.empty());
        return new Shards(system, region);
    }

    void tell(int shard, ShardCommand command) {
        region.tell(new ShardingEnvelope<>(Integer.toString(shard), command));
    }

    <T> CompletionStage<T> ask(int shard, Function<ActorRef<T>, ShardCommand> command, Duration timeout) {
        return questions.ask(
                region,
                (ActorRef<T> replyTo) -> new ShardingEnvelope<>(Integer.toString(shard), command.apply(replyTo)),
                timeout);
    }

    /** Akka's shards and ours are the same. */
    private static final class OneEntityAShard
            extends ShardingMessageExtractor<ShardingEnvelope<ShardCommand>, ShardCommand> {
        @Override
        public String entityId(ShardingEnvelope<ShardCommand> envelope) {
            return envelope.entityId();
        }

        @Override
        public String shardId(String entityId) {
            return entityId;
        }

        @Override
        public ShardCommand unwrapMessage(ShardingEnvelope<ShardCommand> envelope) {
            return envelope.message();
        }
    }
}
