package dev.weft.registry;

import akka.actor.AllDeadLetters;
import akka.actor.Dropped;
import akka.actor.typed.Behavior;
import akka.actor.typed.eventstream.EventStream;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.ShardingEnvelope;
import dev.weft.registry.shard.ShardCommand;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends again what Akka Cluster Sharding let fall while it handed a shard over.
 *
 * <p>Between the beginning of a hand-over and the stop of the shard, the region that is left holds back what other regions
 * still send, and then drops it, lest it overtake what is sent later. Nobody here depends on that order: whoever wants one
 * write after the other waits for the answer in between. Such a command never reached its shard, so that sending it again
 * carries it out once. Other losses are not touched: there it is not known, or a repetition would be lost as well.
 */
final class DroppedCommands {
    /** How {@code ShardRegion} of Akka 2.8 says that it was for the order's sake. A test looks for these words there. */
    private static final String FOR_THE_ORDER = "handoff";

    private DroppedCommands() {}

    /** An actor that hears of every message that this process lets fall. */
    static Behavior<AllDeadLetters> create(Consumer<ShardingEnvelope<ShardCommand>> region) {
        return Behaviors.setup(context -> {
            context.getSystem()
                    .eventStream()
                    .tell(new EventStream.Subscribe<>(AllDeadLetters.class, context.getSelf()));
            return Behaviors.receive(AllDeadLetters.class)
                    .onAnyMessage(letter -> {
                        command(letter).ifPresent(region);
                        return Behaviors.same();
                    })
                    .build();
        });
    }

    /** The command to send again, if it is one. */
    static Optional<ShardingEnvelope<ShardCommand>> command(AllDeadLetters letter) {
        Dropped dropped = dropped(letter);
        if (dropped != null
                && dropped.reason().contains(FOR_THE_ORDER)
                && dropped.message() instanceof ShardingEnvelope<?> envelope
                && envelope.message() instanceof ShardCommand command) {
            return Optional.of(new ShardingEnvelope<>(envelope.entityId(), command));
        }
        return Optional.empty();
    }

    private static @Nullable Dropped dropped(AllDeadLetters letter) {
        if (letter instanceof Dropped dropped) {
            return dropped;
        }
        return letter.message() instanceof Dropped dropped ? dropped : null;
    }
}
