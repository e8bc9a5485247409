package dev.weft.registry;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.weft.registry.shard.ShardFeed;
import dev.weft.registry.watch.HubCommand;

/** Passes what shards say on to a hub, which knows no shard. Stateless. */
final class HubFeedActor {
    private HubFeedActor() {}

    static Behavior<ShardFeed> create(ActorRef<HubCommand> hub) {
        return Behaviors.receiveMessage(feed -> {
            hub.tell(translated(feed));
            return Behaviors.same();
        });
    }

    private static HubCommand translated(ShardFeed feed) {
        if (feed instanceof ShardFeed.Snapshot snapshot) {
            return new HubCommand.ShardSnapshot(
                    snapshot.shard(), snapshot.part(), snapshot.first(), snapshot.last(), snapshot.version());
        }
        if (feed instanceof ShardFeed.Committed batch) {
            return new HubCommand.ShardCommitted(batch.shard(), batch.previous(), batch.changes(), batch.version());
        }
        ShardFeed.Closed closed = (ShardFeed.Closed) feed;
        return new HubCommand.ShardClosed(
                closed.shard(), closed.question(), closed.version(), closed.last(), closed.following());
    }
}
