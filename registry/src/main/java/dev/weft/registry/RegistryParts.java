package dev.weft.registry;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import dev.weft.registry.shard.ShardCommand;
import dev.weft.registry.shard.ShardContext;
import java.util.List;
import java.util.function.BiFunction;

/**
 * What a registry is put together from.
 *
 * @param shard what every shard is given
 * @param companions actors that run beside each shard, in the process that holds it, and stop with it
 * @param federation what the federation looks like from here
 */
public record RegistryParts(
        ShardContext shard,
        BiFunction<Integer, ActorRef<ShardCommand>, List<Behavior<?>>> companions,
        FederationView federation) {}
