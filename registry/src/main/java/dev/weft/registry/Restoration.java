package dev.weft.registry;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.journal.Storage;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.shard.Allocations;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.shard.RestoringShardActor;
import dev.weft.registry.shard.ShardState;
import dev.weft.registry.watch.ResourceTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Fills an empty store from a backup. Objects keep their identities and versions; whatever is written later has a later
 * version than anything that the cluster can have issued before now; who resumes a watch from then is told that it is gone.
 */
public final class Restoration {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ActorSystem<?> system;
    private final Placement placement;
    private final Storage storage;
    private final List<ActorRef<RestoringShardActor.Command>> shards = new ArrayList<>();

    /**
     * Begins; nothing else may run on the store.
     *
     * @param storage stays the caller's to close, after the system has ended
     */
    public Restoration(ActorSystem<?> system, Placement placement, Storage storage) {
        this.system = system;
        this.placement = placement;
        this.storage = storage;
        storage.attach(system);
        placement
                .all()
                .forEach(shard -> shards.add(system.systemActorOf(
                        RestoringShardActor.create(shard), "weft-restoring-" + shard, Props.empty())));
    }

    /** Whether nothing was ever stored. */
    public CompletionStage<Boolean> isEmpty() {
        CompletionStage<Boolean> empty = CompletableFuture.completedStage(true);
        for (ActorRef<RestoringShardActor.Command> shard : shards) {
            CompletionStage<Boolean> one =
                    AskPattern.askWithStatus(shard, RestoringShardActor.AskEmpty::new, PATIENCE, system.scheduler());
            empty = empty.thenCombine(one, Boolean::logicalAnd);
        }
        return empty;
    }

    /**
     * Stores all objects; done when they are on disk. Fails, with some of them stored, where a store fails; the store cannot
     * be opened again then, nor where the process ends before it is done. Blocks for a moment.
     *
     * @param objects of all kinds that clients see; what is not shown follows from them
     * @param version of the backup: everything in it is as of then
     * @param nowMillis the wall clock
     * @throws dev.weft.registry.journal.DataDirectoryException if nothing can be written
     */
    public CompletionStage<Void> restore(List<Resource> objects, long version, long nowMillis) {
        long from = Math.max(version, HybridTimestamp.ofMillis(nowMillis).packed());
        List<List<Resource>> contents = new ArrayList<>();
        shards.forEach(shard -> contents.add(new ArrayList<>()));
        for (Resource object : objects) {
            contents.get(placement.shardOf(object.key())).add(object);
            for (Grant grant : Allocations.heldBy(object)) {
                contents.get(placement.allocationShard()).add(Allocations.restored(grant, object.version()));
            }
        }
        storage.beginRestoring();
        CompletionStage<Void> done = CompletableFuture.completedStage(null);
        for (int i = 0; i < shards.size(); i++) {
            ShardState state = new ShardState(ResourceTree.of(contents.get(i)), from, from);
            ActorRef<RestoringShardActor.Command> shard = shards.get(i);
            // One after the other: a state may be large.
            done = done.thenCompose(before -> AskPattern.<RestoringShardActor.Command, Done>askWithStatus(
                            shard,
                            replyTo -> new RestoringShardActor.Restore(state, replyTo),
                            PATIENCE,
                            system.scheduler())
                    .thenApply(stored -> null));
        }
        return done.thenRunAsync(storage::endRestoring);
    }
}
