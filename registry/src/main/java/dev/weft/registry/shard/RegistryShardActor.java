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
import dev.weft.registry.journal.SharedStorage;
import dev.weft.registry.journal.StorageException;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Write;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One shard of the registry: collects commands while a batch is being persisted, has the next batch decided and persisted
 * as a whole, then tells followers and answers, in that order.
 *
 * <p>Owns the queue of waiting commands, the followers, and the last batches. Everyone talks to it through sharding, by
 * {@link ShardCommand}. A restart loses the queue (its senders time out) and the followers (who notice and follow again);
 * what was acknowledged is in the journal.
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
    private final BiFunction<Integer, ActorRef<ShardCommand>, List<Behavior<?>>> companions;
    private final Consumer<ShardCommand> successor;
    private final Consumer<ShardCommand.Release> pools;
    private final ActorRef<ShardLogActor.Told> fromLog;
    private final ArrayDeque<ShardCommand> waiting = new ArrayDeque<>();
    private final List<ShardCommand.Follow> early = new ArrayList<>();
    private final Closings closings;
    private final Optional<ReadLease.Terms> terms;
    private final Optional<ReadLease> lease;
    private final Set<ActorRef<ShardFeed>> followers = new HashSet<>();
    private List<ShardCommand> inFlight = List.of();
    private RecentCommits recent;
    private ShardState state = ShardState.EMPTY;
    private @Nullable ActorRef<ShardLogActor.Command> log;
    private @Nullable Refusal broken;
    private boolean loaded;
    private boolean busy;
    private boolean stopping;
    private boolean predecessor;
    private ReadLease.@Nullable Moment begun;
    private boolean companionsStarted;
    private long closed;
    /** Whatever is decided has a version after this one. */
    private long decidedAfter;

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
        this.companions = companions;
        this.successor = successor;
        this.pools = pools;
        this.terms = terms;
        lease = terms.map(ReadLease::new);
        closings = new Closings(shard);
        recent = new RecentCommits(shard, settings.recent(), settings.recentBytes());
        fromLog = context.messageAdapter(ShardLogActor.Told.class, FromLog::new);
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
        if (command instanceof ShardCommand.Follow follow) {
            onFollow(follow);
        } else if (command instanceof ShardCommand.Close close) {
            closings.add(close);
        } else if (command instanceof ShardCommand.HandOver) {
            stopping = true;
        } else {
            accept(command);
        }
        return proceed();
    }

    private void onFollow(ShardCommand.Follow follow) {
        if (!loaded) {
            early.add(follow);
            return;
        }
        if (followers.add(follow.follower())) {
            getContext().watchWith(follow.follower(), new FollowerGone(follow.follower()));
        }
        recent.since(follow.since()).forEach(follow.follower()::tell);
    }

    private void accept(ShardCommand command) {
        if (broken != null) {
            refuse(command, broken);
        } else if (waiting.size() >= settings.queue()) {
            refuse(
                    command,
                    new Refusal(
                            Refusal.Reason.TooManyRequests,
                            "shard " + shard + " of the registry has " + waiting.size()
                                    + " writes waiting; try again later",
                            null,
                            "",
                            List.of(),
                            1));
        } else {
            waiting.add(command);
        }
    }

    /** Starts the next batch if there is one, and answers followers who only want to know that nothing comes. */
    private Behavior<Message> proceed() {
        if (loaded) {
            // What was durably closed before a batch was decided stays closed while it is persisted: no need to wait.
            answerClosings(Math.max(Math.min(decidedAfter, state.clockFloor()), recent.last()));
        }
        if (!loaded || busy || log == null) {
            return stopping && !loaded ? handOverUnloaded() : this;
        }
        closed = Math.max(closed, closings.latest());
        if (!waiting.isEmpty() || closed > state.clockFloor()) {
            persist(log);
            return this;
        }
        decidedAfter = closed;
        answerClosings(Math.max(closed, recent.last()));
        return stopping ? Behaviors.stopped() : this;
    }

    private Behavior<Message> handOverUnloaded() {
        waiting.forEach(successor);
        return Behaviors.stopped();
    }

    /** Answers those who ask for no more than a version that is closed, if the shard is surely still this one's. */
    private void answerClosings(long upTo) {
        if (closings.isEmpty()) {
            return;
        }
        if (lease.isPresent() && lease.get().due()) {
            askStore(lease.get(), terms.orElseThrow().store());
        }
        if (lease.isEmpty() || lease.get().holds()) {
            closings.answer(upTo, recent.last(), followers);
        }
    }

    private void askStore(ReadLease own, SharedStorage store) {
        ActorRef<?> asking = log;
        if (asking == null) {
            return;
        }
        own.asking();
        ReadLease.Moment asked = own.now();
        getContext()
                .pipeToSelf(
                        store.lastNumber(ShardLogActor.id(shard).id()),
                        (last, failure) -> new LastHeard(asking, asked, failure == null ? last : -1));
    }

    private Behavior<Message> onLastHeard(LastHeard heard) {
        ReadLease own = lease.orElseThrow();
        if (!isLog(heard.log())) {
            own.unanswered();
        } else if (heard.last() < 0) {
            timers.startSingleTimer(new AskAgain(), ASK_AGAIN);
            return this;
        } else if (own.answered(heard.last(), heard.asked(), busy) == ReadLease.Finding.LOST) {
            getContext().stop(heard.log());
            StorageException taken = new StorageException(
                    StorageException.Kind.CONFLICT, "another process has taken this shard over; try again");
            return onLogGone(refusal(taken), taken);
        }
        return proceed();
    }

    private Behavior<Message> onAskAgain() {
        lease.ifPresent(ReadLease::unanswered);
        return proceed();
    }

    private void persist(ActorRef<ShardLogActor.Command> to) {
        List<ShardCommand> batch = new ArrayList<>();
        while (!waiting.isEmpty() && batch.size() < settings.batch()) {
            batch.add(waiting.remove());
        }
        inFlight = batch;
        busy = true;
        decidedAfter = closed;
        begun = lease.map(ReadLease::now).orElse(null);
        to.tell(new ShardLogActor.Decide(batch, closed, fromLog));
    }

    private Behavior<Message> onFromLog(FromLog message) {
        if (message.told() instanceof ShardLogActor.Recovered recovered) {
            onRecovered(recovered);
        } else if (message.told() instanceof ShardLogActor.Persisted persisted) {
            ReadLease.Moment moment = begun;
            if (moment != null && persisted.stored()) {
                lease.ifPresent(own -> own.stored(persisted.number(), moment));
            }
            if (predecessor && log != null) {
                predecessor = false;
                timers.startSingleTimer(
                        new Alone(log, persisted), terms.orElseThrow().takeOverWait());
                return this;
            }
            onPersisted(persisted);
        }
        return proceed();
    }

    private Behavior<Message> onAlone(Alone alone) {
        if (isLog(alone.log())) {
            onPersisted(alone.persisted());
        }
        return proceed();
    }

    private void onRecovered(ShardLogActor.Recovered recovered) {
        state = recovered.state();
        recent = recovered.recent();
        loaded = true;
        broken = null;
        lease.ifPresent(own -> own.begin(recovered.number()));
        // Who stored something here may be answering readers yet.
        predecessor = lease.isPresent() && recovered.number() > 0;
        followers.clear();
        List.copyOf(early).forEach(this::onFollow);
        early.clear();
        if (log != null) {
            // Brings up to date what depends on the state, before anyone is answered.
            persist(log);
        }
    }

    private void onPersisted(ShardLogActor.Persisted persisted) {
        state = persisted.state();
        busy = false;
        // Followers first: who sees the answer finds the change in any reading that asks this shard afterwards.
        for (ShardFeed news : recent.add(persisted.changes(), state)) {
            followers.forEach(follower -> follower.tell(news));
        }
        // Before the answers: who has one may ask for what was freed.
        persisted.changes().forEach(change -> Allocations.freedBy(change).ifPresent(pools));
        for (int i = 0; i < inFlight.size(); i++) {
            answer(inFlight.get(i), persisted.answers().get(i));
        }
        inFlight = List.of();
        startCompanions();
        if (persisted.unfinished() && log != null) {
            persist(log);
        }
    }

    private void startCompanions() {
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

    private static void answer(ShardCommand command, ShardDecision.Answer answer) {
        if (command instanceof ShardCommand.Submit submit && answer instanceof ShardDecision.Answer.ToSubmit to) {
            submit.replyTo().tell(to.submitted());
        } else if (command instanceof ShardCommand.Derive derive
                && answer instanceof ShardDecision.Answer.ToDerive to) {
            derive.replyTo().tell(to.derived());
        } else if (command instanceof ShardCommand.Allocate allocate
                && answer instanceof ShardDecision.Answer.ToAllocate to) {
            allocate.replyTo().tell(to.allocated());
        }
    }

    private static void refuse(ShardCommand command, Refusal refusal) {
        if (command instanceof ShardCommand.Submit submit) {
            submit.replyTo().tell(new ShardCommand.Submitted.Decided(new Write.Outcome.Refused(refusal)));
        } else if (command instanceof ShardCommand.Allocate allocate) {
            allocate.replyTo().tell(new ShardCommand.Allocated.Denied(refusal));
        }
        // A reconciler gets no answer and, being level-triggered, tries again.
    }

    private Behavior<Message> onFollowerGone(FollowerGone gone) {
        followers.remove(gone.follower());
        return this;
    }

    private Behavior<Message> onLogFailed(ChildFailed failed) {
        return isLog(failed.getRef()) ? onLogGone(refusal(failed.cause()), failed.cause()) : this;
    }

    private Behavior<Message> onTerminated(Terminated terminated) {
        return isLog(terminated.getRef()) ? onLogGone(refusal(null), null) : this;
    }

    private boolean isLog(ActorRef<?> child) {
        return log != null && log.path().equals(child.path());
    }

    private Behavior<Message> onLogGone(Refusal refusal, @Nullable Throwable cause) {
        // Where the sentence says it all, a stack trace each second would hide it.
        if (StorageException.in(cause)
                .filter(storage -> storage.kind() == StorageException.Kind.CONFLICT
                        || storage.kind() == StorageException.Kind.FULL)
                .isPresent()) {
            getContext()
                    .getLog()
                    .warn("Shard {}: {}; loaded again in {}", shard, refusal.message(), settings.restart());
        } else {
            getContext()
                    .getLog()
                    .error(
                            "Shard {}: persisting or loading failed, loaded again in {}: {}",
                            shard,
                            settings.restart(),
                            refusal.message(),
                            cause);
        }
        log = null;
        loaded = false;
        busy = false;
        broken = refusal;
        Refusal doubt = doubt(refusal, cause);
        inFlight.forEach(command -> refuse(command, doubt));
        inFlight = List.of();
        waiting.forEach(command -> refuse(command, refusal));
        waiting.clear();
        timers.startSingleTimer(new LoadDue(), settings.restart());
        return stopping ? Behaviors.stopped() : this;
    }

    private Behavior<Message> onLoadDue() {
        load();
        return this;
    }

    private void load() {
        ActorRef<ShardLogActor.Command> started =
                getContext().spawnAnonymous(ShardLogActor.create(shard, shardContext, admission, settings, fromLog));
        getContext().watch(started);
        log = started;
    }

    private Refusal refusal(@Nullable Throwable cause) {
        return StorageException.in(cause)
                .map(storage -> new Refusal(
                        switch (storage.kind()) {
                            case FULL -> Refusal.Reason.InsufficientStorage;
                            case CONFLICT -> Refusal.Reason.ServiceUnavailable;
                            case CORRUPT, IO, CLOSED -> Refusal.Reason.InternalError;
                        },
                        "not stored: " + storage.getMessage(),
                        null,
                        "",
                        List.of(),
                        5))
                .orElseGet(() -> new Refusal(
                        Refusal.Reason.ServiceUnavailable,
                        "shard " + shard + " of the registry cannot store or load: " + cause,
                        null,
                        "",
                        List.of(),
                        5));
    }

    /** For those whose commands were being stored: where the store does not say, they may be. */
    private static Refusal doubt(Refusal refusal, @Nullable Throwable cause) {
        return StorageException.in(cause).isPresent()
                ? refusal
                : Refusal.timeout("not confirmed: the store failed, so it may or may not have been carried out", 1);
    }
}
