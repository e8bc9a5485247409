package dev.weft.registry.shard;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.weft.registry.journal.EmbeddedStorage;
import dev.weft.registry.journal.StorageException;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * One shard of the registry: what {@link RegistryShard} does, with a real store, timers and companions.
 *
 * <p>Owns the shard's {@link RegistryShard} and its journal. Everyone talks to it through sharding, by {@link ShardCommand}.
 * A restart loses the queue (its senders time out) and the followers (who notice and follow again); what was acknowledged
 * is in the journal.
 */
public final class RegistryShardActor extends AbstractBehavior<RegistryShardActor.Message> {

    /** What it hears: commands from outside, and its journal. */
    public sealed interface Message {}

    private record Outside(ShardCommand command) implements Message {}

    private record FromLog(ShardLogActor.Told told) implements Message {}

    private record FollowerGone(ActorRef<ShardFeed> follower) implements Message {}

    private record LoadDue() implements Message {}

    /** The store's word on its last event; 0 or more, or -1 if it gave none. */
    private record LastHeard(ActorRef<?> log, ReadLease.Moment asked, long last) implements Message {}

    private record AskAgain() implements Message {}

    /** Whoever owned the shard before answers nobody any more. */
    private record Alone(ActorRef<?> log, ShardLogActor.Persisted persisted) implements Message {}

    private static final Duration ASK_AGAIN = Duration.ofMillis(250);

    private final int shard;
    private final ShardContext shardContext;
    private final Admission admission;
    private final ShardSettings settings;
    private final TimerScheduler<Message> timers;
    private final Optional<ReadLease.Terms> terms;
    private final BiFunction<Integer, ActorRef<ShardCommand>, List<Behavior<?>>> companions;
    private final Consumer<ShardCommand> successor;
    private final Consumer<ShardCommand.Release> pools;
    private final ActorRef<ShardLogActor.Told> fromLog;
    private final RegistryShard owned;
    private final StoreTrouble trouble;
    private final StoreRoom room;
    private @Nullable ActorRef<ShardLogActor.Command> log;
    private boolean companionsStarted;
    /** Whether another process has taken the shard over. */
    private boolean contested;

    private long waits;

    private RegistryShardActor(
            ActorContext<Message> context,
            TimerScheduler<Message> timers,
            int shard,
            ShardContext shardContext,
            Admission admission,
            ShardSettings settings,
            Optional<ReadLease.Terms> terms,
            BiFunction<Integer, ActorRef<ShardCommand>, List<Behavior<?>>> companions,
            Consumer<ShardCommand> successor,
            Consumer<ShardCommand.Release> pools) {
        super(context);
        this.shard = shard;
        this.shardContext = shardContext;
        this.admission = admission;
        this.settings = settings;
        this.timers = timers;
        this.terms = terms;
        this.companions = companions;
        this.successor = successor;
        this.pools = pools;
        fromLog = context.messageAdapter(ShardLogActor.Told.class, FromLog::new);
        owned = new RegistryShard(shard, settings, terms, new Around());
        trouble = new StoreTrouble(settings.restart(), settings.restartMost());
        room = new StoreRoom(shard, EmbeddedStorage.of(context.getSystem())::full);
        load();
    }

    /**
     * A shard.
     *
     * @param terms on which it vouches for what it holds where others can write to its store; empty if nobody can
     * @param companions actors that run beside the shard once it is loaded, and stop with it
     * @param successor takes, when the shard is handed over, what this one could not begin
     * @param pools takes back the addresses and ports that a stored change left unused
     */
    public static Behavior<ShardCommand> create(
            int shard,
            ShardContext shardContext,
            Admission admission,
            ShardSettings settings,
            Optional<ReadLease.Terms> terms,
            BiFunction<Integer, ActorRef<ShardCommand>, List<Behavior<?>>> companions,
            Consumer<ShardCommand> successor,
            Consumer<ShardCommand.Release> pools) {
        Behavior<Message> behavior = Behaviors.withTimers(timers -> Behaviors.setup(context -> new RegistryShardActor(
                context, timers, shard, shardContext, admission, settings, terms, companions, successor, pools)));
        return Behaviors.transformMessages(
                ShardCommand.class, behavior, match -> match.match(ShardCommand.class, Outside::new));
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Outside.class, outside -> onCommand(outside.command()))
                .onMessage(FromLog.class, this::onFromLog)
                .onMessage(FollowerGone.class, this::onFollowerGone)
                .onMessage(LoadDue.class, due -> onLoadDue())
                .onMessage(LastHeard.class, this::onLastHeard)
                .onMessage(AskAgain.class, due -> onAskAgain())
                .onMessage(Alone.class, this::onAlone)
                .onSignal(ChildFailed.class, this::onLogFailed)
                .onSignal(Terminated.class, this::onTerminated)
                .build();
    }

    private Behavior<Message> onCommand(ShardCommand command) {
        if (!room.refuses(command)) {
            owned.hear(command);
        }
        return next();
    }

    private Behavior<Message> next() {
        return owned.isOver() ? Behaviors.stopped() : this;
    }

    private Behavior<Message> onFromLog(FromLog message) {
        if (message.told() instanceof ShardLogActor.Recovered recovered) {
            owned.recovered(recovered);
        } else if (message.told() instanceof ShardLogActor.Persisted persisted) {
            if (persisted.stored()) {
                trouble.over();
            }
            owned.persisted(persisted);
        }
        return next();
    }

    private Behavior<Message> onAlone(Alone alone) {
        if (isLog(alone.log())) {
            owned.alone(alone.persisted());
        }
        return next();
    }

    private Behavior<Message> onLastHeard(LastHeard heard) {
        if (!isLog(heard.log())) {
            owned.askAgain();
        } else if (owned.heardLast(heard.asked(), heard.last())) {
            getContext().stop(heard.log());
            return onLogGone(new StorageException(
                    StorageException.Kind.CONFLICT, "another process has taken this shard over; try again"));
        }
        return next();
    }

    private Behavior<Message> onAskAgain() {
        owned.askAgain();
        return next();
    }

    private Behavior<Message> onFollowerGone(FollowerGone gone) {
        owned.followerGone(gone.follower());
        return this;
    }

    private Behavior<Message> onLogFailed(ChildFailed failed) {
        return isLog(failed.getRef()) ? onLogGone(failed.cause()) : this;
    }

    private Behavior<Message> onTerminated(Terminated terminated) {
        return isLog(terminated.getRef()) ? onLogGone(null) : this;
    }

    private boolean isLog(ActorRef<?> child) {
        return log != null && log.path().equals(child.path());
    }

    private Behavior<Message> onLogGone(@Nullable Throwable cause) {
        Refusal refusal = ShardReplies.storeFailed(shard, cause);
        StoreTrouble.Reaction reaction = trouble.failed(cause);
        contested = StorageException.in(cause)
                .filter(known -> known.kind() == StorageException.Kind.CONFLICT)
                .isPresent();
        waits = 0;
        tell(reaction, refusal, cause);
        log = null;
        owned.lost(refusal, cause);
        timers.startSingleTimer(new LoadDue(), reaction.delay());
        return next();
    }

    private void tell(StoreTrouble.Reaction reaction, Refusal refusal, @Nullable Throwable cause) {
        Logger logger = getContext().getLog();
        switch (reaction.telling()) {
            case NOTHING -> logger.debug("Shard {}: again: {}", shard, refusal.message());
            case WARNING -> logger.warn("Shard {}: {}; loaded again in {}", shard, refusal.message(), reaction.delay());
            case ERROR ->
                logger.error(
                        "Shard {}: {}; loaded again in {}, then after up to {}, without another word",
                        shard,
                        refusal.message(),
                        reaction.delay(),
                        settings.restartMost());
            case TRACE ->
                logger.error(
                        "Shard {}: persisting or loading failed, loaded again in {}: {}",
                        shard,
                        reaction.delay(),
                        refusal.message(),
                        cause);
        }
    }

    /**
     * Whoever was paused or cut off finds his shards taken over, and hears of it before he hears that the others have put him
     * out: he must not take from their owners what they serve. The others see nobody missing by then.
     */
    private Behavior<Message> onLoadDue() {
        boolean outsider =
                contested && terms.map(all -> !all.seesAll().getAsBoolean()).orElse(false);
        if (outsider && waits++ < settings.restartMost().dividedBy(settings.restart())) {
            timers.startSingleTimer(new LoadDue(), settings.restart());
        } else {
            load();
        }
        return this;
    }

    private void load() {
        ActorRef<ShardLogActor.Command> started =
                getContext().spawnAnonymous(ShardLogActor.create(shard, shardContext, admission, settings, fromLog));
        getContext().watch(started);
        log = started;
        owned.loading();
    }

    /** What the shard wishes, by actors. */
    private final class Around implements RegistryShard.Surroundings {
        @Override
        public void persist(List<ShardCommand> batch, long closed) {
            if (log != null) {
                log.tell(new ShardLogActor.Decide(batch, closed, fromLog));
            }
        }

        @Override
        public void askStore(ReadLease.Moment asked) {
            ActorRef<?> asking = log;
            if (asking != null) {
                getContext()
                        .pipeToSelf(
                                terms.orElseThrow()
                                        .store()
                                        .lastNumber(ShardLogActor.id(shard).id()),
                                (last, failure) -> new LastHeard(asking, asked, failure == null ? last : -1));
            }
        }

        @Override
        public void askAgainLater() {
            timers.startSingleTimer(new AskAgain(), ASK_AGAIN);
        }

        @Override
        public void awaitEndOfPredecessor(ShardLogActor.Persisted persisted) {
            if (log != null) {
                timers.startSingleTimer(
                        new Alone(log, persisted), terms.orElseThrow().takeOverWait());
            }
        }

        @Override
        public void watch(ActorRef<ShardFeed> follower) {
            getContext().watchWith(follower, new FollowerGone(follower));
        }

        @Override
        public void giveBack(ShardCommand.Release release) {
            pools.accept(release);
        }

        @Override
        public void startCompanions() {
            if (!companionsStarted) {
                companionsStarted = true;
                ActorRef<ShardCommand> self = getContext().messageAdapter(ShardCommand.class, Outside::new);
                List<Behavior<?>> behaviors = companions.apply(shard, self);
                for (int i = 0; i < behaviors.size(); i++) {
                    getContext()
                            .spawn(
                                    Companion.of(shard, behaviors.get(i), settings.restart(), settings.restartMost()),
                                    "companion-" + i);
                }
            }
        }

        @Override
        public void passOn(ShardCommand command) {
            successor.accept(command);
        }
    }
}
