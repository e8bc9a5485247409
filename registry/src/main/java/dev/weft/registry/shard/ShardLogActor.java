package dev.weft.registry.shard;

import akka.actor.typed.ActorRef;
import akka.actor.typed.BackoffSupervisorStrategy;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.SnapshotCompleted;
import akka.persistence.typed.javadsl.CommandHandlerWithReply;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import akka.persistence.typed.javadsl.ReplyEffect;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.Change;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The event-sourced part of a shard: decides one batch at a time and persists it. Its parent, {@link RegistryShardActor},
 * is the only one who talks to it, and starts it anew when a write failed: what was not persisted was never decided.
 */
final class ShardLogActor
        extends EventSourcedBehaviorWithEnforcedReplies<ShardLogActor.Command, ShardEvent, ShardState> {

    sealed interface Command {}

    /**
     * Decide and persist a batch.
     *
     * @param closed versions begin after this one
     */
    record Decide(List<ShardCommand> commands, long closed, ActorRef<Told> replyTo) implements Command {}

    /** What the parent is told. */
    sealed interface Told {}

    /** Loaded: the state, the last batches before it, and the number of the last event. */
    record Recovered(ShardState state, RecentCommits recent, long number) implements Told {}

    /**
     * A batch is on disk.
     *
     * @param stored whether that took an event
     * @param number of the last event
     */
    record Persisted(
            List<ShardDecision.Answer> answers,
            List<Change> changes,
            ShardState state,
            boolean unfinished,
            boolean stored,
            long number)
            implements Told {}

    /** No restart, so that neither time counts: its parent hears of the failure, and tells it once. */
    private static final BackoffSupervisorStrategy SILENT_STOP = SupervisorStrategy.restartWithBackoff(
                    Duration.ofSeconds(1), Duration.ofSeconds(1), 0)
            .withMaxRestarts(0)
            .withLoggingEnabled(false);

    private final ActorContext<Command> actor;
    private final ShardLog log;
    private final ShardSettings settings;
    private final ActorRef<Told> parent;
    private final LogRetention retention;

    private ShardLogActor(
            ActorContext<Command> actor, int shard, ShardLog log, ShardSettings settings, ActorRef<Told> parent) {
        super(id(shard), SILENT_STOP);
        this.actor = actor;
        this.log = log;
        this.settings = settings;
        this.parent = parent;
        this.retention = new LogRetention(actor.getSystem(), id(shard).id(), settings.snapshotEvery());
    }

    /** Under which name a shard is stored. */
    static PersistenceId id(int shard) {
        return PersistenceId.of("registry", Integer.toString(shard));
    }

    static Behavior<Command> create(
            int shard, ShardContext context, Admission admission, ShardSettings settings, ActorRef<Told> parent) {
        return Behaviors.setup(started ->
                new ShardLogActor(started, shard, new ShardLog(shard, context, admission, settings), settings, parent));
    }

    @Override
    public ShardState emptyState() {
        return ShardState.EMPTY;
    }

    @Override
    public CommandHandlerWithReply<Command, ShardEvent, ShardState> commandHandler() {
        return newCommandHandlerWithReplyBuilder()
                .forAnyState()
                .onCommand(Decide.class, this::onDecide)
                .build();
    }

    @Override
    public EventHandler<ShardState, ShardEvent> eventHandler() {
        return newEventHandlerBuilder().forAnyState().onAnyEvent(log::after);
    }

    @Override
    public SignalHandler<ShardState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(
                        RecoveryCompleted.class,
                        (state, signal) -> parent.tell(log.recovered(state, lastSequenceNumber(actor))))
                .onSignal(
                        SnapshotCompleted.class,
                        (state, signal) -> retention.snapshotStored(
                                signal.getSnapshotMetadata().sequenceNr()))
                .build();
    }

    @Override
    public boolean shouldSnapshot(ShardState state, ShardEvent event, long number) {
        return log.takeSnapshotDue(state);
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(settings.snapshotEvery(), 2).withDeleteEventsOnSnapshot();
    }

    private ReplyEffect<ShardEvent, ShardState> onDecide(ShardState state, Decide decide) {
        ShardDecision.Decided decided = log.decide(state, decide.commands(), decide.closed());
        Optional<ShardEvent> event = decided.event();
        if (event.isEmpty()) {
            return Effect().reply(decide.replyTo(), ShardLog.told(decided, state, lastSequenceNumber(actor)));
        }
        return Effect()
                .persist(event.get())
                .thenReply(decide.replyTo(), after -> ShardLog.told(decided, after, lastSequenceNumber(actor)));
    }
}
