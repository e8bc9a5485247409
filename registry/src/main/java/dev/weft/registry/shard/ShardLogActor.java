package dev.weft.registry.shard;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandlerWithReply;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import akka.persistence.typed.javadsl.ReplyEffect;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.Change;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    private final ActorContext<Command> actor;
    private final int shard;
    private final ShardContext context;
    private final Admission admission;
    private final ShardSettings settings;
    private final ActorRef<Told> parent;
    private final RecentCommits recent;
    private @Nullable ShardDecision decision;
    private ShardDecision.@Nullable Decided underWay;
    private boolean recovering = true;
    private boolean first = true;

    private ShardLogActor(
            ActorContext<Command> actor,
            int shard,
            ShardContext context,
            Admission admission,
            ShardSettings settings,
            ActorRef<Told> parent) {
        super(id(shard));
        this.actor = actor;
        this.shard = shard;
        this.context = context;
        this.admission = admission;
        this.settings = settings;
        this.parent = parent;
        this.recent = new RecentCommits(shard, settings.recent(), settings.recentBytes());
    }

    /** Under which name a shard is stored. */
    static PersistenceId id(int shard) {
        return PersistenceId.of("registry", Integer.toString(shard));
    }

    static Behavior<Command> create(
            int shard, ShardContext context, Admission admission, ShardSettings settings, ActorRef<Told> parent) {
        return Behaviors.setup(started -> new ShardLogActor(started, shard, context, admission, settings, parent));
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
        return newEventHandlerBuilder().forAnyState().onAnyEvent(this::onEvent);
    }

    @Override
    public SignalHandler<ShardState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.class, (state, signal) -> onRecovered(state))
                .build();
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(settings.snapshotEvery(), 2).withDeleteEventsOnSnapshot();
    }

    private void onRecovered(ShardState state) {
        if (first) {
            recent.reset(state);
        }
        recovering = false;
        decision = new ShardDecision(shard, context, admission, settings, state);
        parent.tell(new Recovered(state, recent, lastSequenceNumber(actor)));
    }

    private ReplyEffect<ShardEvent, ShardState> onDecide(ShardState state, Decide decide) {
        ShardDecision.Decided decided = decision().decide(state, decide.commands(), decide.closed());
        Optional<ShardEvent> event = decided.event();
        if (event.isEmpty()) {
            return Effect().reply(decide.replyTo(), told(decided, List.of(), state, false));
        }
        underWay = decided;
        return Effect()
                .persist(event.get())
                .thenReply(decide.replyTo(), after -> told(decided, decided.changes(), after, true));
    }

    private Told told(ShardDecision.Decided decided, List<Change> changes, ShardState after, boolean stored) {
        return new Persisted(
                decided.answers(), changes, after, decided.unfinished(), stored, lastSequenceNumber(actor));
    }

    private ShardDecision decision() {
        if (decision == null) {
            throw new IllegalStateException("shard " + shard + ": a command before recovery");
        }
        return decision;
    }

    @SuppressWarnings("ReferenceEquality") // the very event that was decided, not one that looks like it
    private ShardState onEvent(ShardState state, ShardEvent event) {
        ShardDecision.Decided decided = underWay;
        if (decided != null && decided.event().filter(event::equals).isPresent()) {
            // What deciding came to need not be worked out again.
            underWay = null;
            return decided.after();
        }
        ShardState after = state.after(event);
        if (recovering) {
            if (first) {
                recent.reset(state);
                first = false;
            }
            recent.add(event.changes(state), after);
        }
        return after;
    }
}
