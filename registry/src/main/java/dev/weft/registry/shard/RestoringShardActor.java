package dev.weft.registry.shard;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.RecoveryFailed;
import akka.persistence.typed.SnapshotCompleted;
import akka.persistence.typed.SnapshotFailed;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.SignalHandler;
import java.util.List;

/**
 * Puts a state in the place of a shard that has never stored anything, and ends. What it stores is a snapshot without a
 * past: whoever followed the shard in an earlier life finds nothing to go on from.
 */
public final class RestoringShardActor
        extends EventSourcedBehavior<RestoringShardActor.Command, ShardEvent, ShardState> {

    /** What it is told. */
    public sealed interface Command {}

    /**
     * Store a state; only what is empty takes one.
     *
     * @param replyTo hears that it is on disk, or why it is not
     */
    public record Restore(ShardState state, ActorRef<StatusReply<akka.Done>> replyTo) implements Command {}

    /** Wish to know whether it is empty. */
    public record AskEmpty(ActorRef<StatusReply<Boolean>> replyTo) implements Command {}

    private final int shard;
    private ShardState restored = ShardState.EMPTY;
    private boolean empty = true;

    @SuppressWarnings("NullAway.Init") // set by the one command whose signals it answers
    private ActorRef<StatusReply<akka.Done>> waiting;

    private boolean unanswered;

    private RestoringShardActor(int shard) {
        super(ShardLogActor.id(shard));
        this.shard = shard;
    }

    /** For one shard, which must not run anywhere. */
    public static Behavior<Command> create(int shard) {
        return Behaviors.setup(context -> new RestoringShardActor(shard));
    }

    @Override
    public ShardState emptyState() {
        return ShardState.EMPTY;
    }

    @Override
    public CommandHandler<Command, ShardEvent, ShardState> commandHandler() {
        return newCommandHandlerBuilder()
                .forAnyState()
                .onCommand(
                        AskEmpty.class,
                        (state, ask) ->
                                Effect().none().thenRun(() -> ask.replyTo().tell(StatusReply.success(empty))))
                .onCommand(Restore.class, (state, restore) -> {
                    if (!empty) {
                        return Effect()
                                .none()
                                .thenRun(() ->
                                        restore.replyTo().tell(StatusReply.error("shard " + shard + " is not empty")));
                    }
                    restored = restore.state();
                    waiting = restore.replyTo();
                    unanswered = true;
                    return Effect().persist(new ShardEvent(List.of(), restored.clockFloor()));
                })
                .build();
    }

    @Override
    public EventHandler<ShardState, ShardEvent> eventHandler() {
        return newEventHandlerBuilder().forAnyState().onAnyEvent((state, event) -> {
            empty = false;
            return restored;
        });
    }

    @Override
    public boolean shouldSnapshot(ShardState state, ShardEvent event, long sequenceNr) {
        return true;
    }

    @Override
    public SignalHandler<ShardState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.class, (state, signal) -> empty = empty && state.version() == 0)
                .onSignal(SnapshotCompleted.class, (state, signal) -> answer(StatusReply.ack()))
                .onSignal(SnapshotFailed.class, (state, signal) -> answer(StatusReply.error(signal.getFailure())))
                .onSignal(RecoveryFailed.class, (state, signal) -> empty = false)
                // Also how a store ends it that does not take the event.
                .onSignal(
                        PostStop.class,
                        (state, signal) -> answer(StatusReply.error("the store did not take shard " + shard)))
                .build();
    }

    private void answer(StatusReply<akka.Done> reply) {
        if (unanswered) {
            unanswered = false;
            waiting.tell(reply);
        }
    }
}
