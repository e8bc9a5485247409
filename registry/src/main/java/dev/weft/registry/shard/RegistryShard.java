package dev.weft.registry.shard;

import akka.actor.typed.ActorRef;
import dev.weft.registry.resource.Refusal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a shard does with what it hears: collects commands while a batch is being persisted, has the next batch decided and
 * persisted as a whole, then tells followers and answers, in that order. No actor, no store and no clock but those handed
 * in, so that it runs in virtual time as well. Not for several threads.
 */
final class RegistryShard {
    private final int shard;
    private final ShardSettings settings;
    private final Surroundings around;
    private final Optional<ReadLease> lease;
    private final ArrayDeque<ShardCommand> waiting = new ArrayDeque<>();
    private final List<ShardCommand.Follow> early = new ArrayList<>();
    private final Closings closings;
    private final Set<ActorRef<ShardFeed>> followers = new HashSet<>();
    private List<ShardCommand> inFlight = List.of();
    private RecentCommits recent;
    private ShardState state = ShardState.EMPTY;
    private @Nullable Refusal broken;
    private boolean log;
    private boolean loaded;
    private boolean busy;
    private boolean stopping;
    private boolean over;
    private boolean predecessor;
    private ReadLease.@Nullable Moment begun;
    /** What a batch came to that changed nothing, until it is sure that nobody else changed what it was decided by. */
    private ShardLogActor.@Nullable Persisted unvouched;

    private long closed;
    /** Whatever is decided has a version after this one. */
    private long decidedAfter;

    /**
     * A shard that is yet to be loaded, see {@link #loading}.
     *
     * @param terms on which it vouches for what it holds where others can write to its store; empty if nobody can
     */
    RegistryShard(int shard, ShardSettings settings, Optional<ReadLease.Terms> terms, Surroundings around) {
        this.shard = shard;
        this.settings = settings;
        this.around = around;
        lease = terms.map(ReadLease::new);
        closings = new Closings(shard);
        recent = new RecentCommits(shard, settings.recent(), settings.recentBytes());
    }

    /** What a shard wishes others to do. Nothing of it blocks, or calls the shard back at once. */
    interface Surroundings {
        /** Decide and persist a batch; what comes of it is {@link RegistryShard#persisted}, or {@link RegistryShard#lost}. */
        void persist(List<ShardCommand> batch, long closed);

        /** Ask the store for the number of the last event; its word is for {@link RegistryShard#heardLast}. */
        void askStore(ReadLease.Moment asked);

        /** Call {@link RegistryShard#askAgain} a little later. */
        void askAgainLater();

        /** Call {@link RegistryShard#alone} once whoever owned the shard before answers nobody any more. */
        void awaitEndOfPredecessor(ShardLogActor.Persisted persisted);

        /** Say when a follower has ended, by {@link RegistryShard#followerGone}. */
        void watch(ActorRef<ShardFeed> follower);

        /** Hand back what nobody uses any more. */
        void giveBack(ShardCommand.Release release);

        /** Begin what runs beside the shard, unless it does already. */
        void startCompanions();

        /** Pass a command on to whoever owns the shard next. */
        void passOn(ShardCommand command);
    }

    /** Whether the shard has been handed over and is to end. */
    boolean isOver() {
        return over;
    }

    /** The store is being read; {@link #recovered} follows, or {@link #lost}. */
    void loading() {
        log = true;
    }

    /** Takes in a command. */
    void hear(ShardCommand command) {
        if (command instanceof ShardCommand.Follow follow) {
            follow(follow);
        } else if (command instanceof ShardCommand.Close close) {
            closings.add(close);
        } else if (command instanceof ShardCommand.HandOver) {
            stopping = true;
        } else {
            accept(command);
        }
        proceed();
    }

    void followerGone(ActorRef<ShardFeed> follower) {
        followers.remove(follower);
    }

    private void follow(ShardCommand.Follow follow) {
        if (!loaded) {
            early.add(follow);
            return;
        }
        if (followers.add(follow.follower())) {
            around.watch(follow.follower());
        }
        recent.since(follow.since()).forEach(follow.follower()::tell);
    }

    private void accept(ShardCommand command) {
        if (broken != null) {
            ShardReplies.refuse(command, broken);
        } else if (waiting.size() >= settings.queue()) {
            ShardReplies.refuse(command, ShardReplies.tooMany(shard, waiting.size()));
        } else {
            waiting.add(command);
        }
    }

    /** Starts the next batch if there is one, and answers followers who only want to know that nothing comes. */
    private void proceed() {
        ShardLogActor.Persisted held = unvouched;
        if (held != null && isVouched()) {
            unvouched = null;
            alone(held);
            return;
        }
        if (loaded) {
            // What was durably closed before a batch was decided stays closed while it is persisted: no need to wait.
            answerClosings(Math.max(Math.min(decidedAfter, state.clockFloor()), recent.last()));
        }
        if (!loaded || busy || !log) {
            if (stopping && !loaded) {
                waiting.forEach(around::passOn);
                waiting.clear();
                over = true;
            }
            return;
        }
        closed = Math.max(closed, closings.latest());
        if (!waiting.isEmpty() || closed > state.clockFloor()) {
            persist();
            return;
        }
        decidedAfter = closed;
        answerClosings(Math.max(closed, recent.last()));
        over = stopping;
    }

    /** Answers those who ask for no more than a version that is closed, if the shard is surely still this one's. */
    private void answerClosings(long upTo) {
        if (!closings.isEmpty() && isVouched()) {
            closings.answer(upTo, recent.last(), followers);
        }
    }

    /** Whether the shard is surely still this one's; asks the store in good time before that is not known any more. */
    private boolean isVouched() {
        if (lease.isEmpty()) {
            return true;
        }
        ReadLease own = lease.get();
        if (own.due() && log) {
            own.asking();
            around.askStore(own.now());
        }
        return own.holds();
    }

    /**
     * The store's word on its last event.
     *
     * @param last -1 if it gave none
     * @return whether another has taken the shard over: whoever loaded it must let go, and call {@link #lost}
     */
    boolean heardLast(ReadLease.Moment asked, long last) {
        if (last < 0) {
            around.askAgainLater();
            return false;
        }
        if (lease.orElseThrow().answered(last, asked, busy && unvouched == null) == ReadLease.Finding.LOST) {
            return true;
        }
        proceed();
        return false;
    }

    /** The store was asked and will not answer, or not for this loading. */
    void askAgain() {
        lease.ifPresent(ReadLease::unanswered);
        proceed();
    }

    private void persist() {
        List<ShardCommand> batch = new ArrayList<>();
        while (!waiting.isEmpty() && batch.size() < settings.batch()) {
            batch.add(waiting.remove());
        }
        inFlight = batch;
        busy = true;
        decidedAfter = closed;
        begun = lease.map(ReadLease::now).orElse(null);
        around.persist(batch, closed);
    }

    /** What the store holds has been loaded. */
    void recovered(ShardLogActor.Recovered recovered) {
        state = recovered.state();
        recent = recovered.recent();
        loaded = true;
        broken = null;
        lease.ifPresent(own -> own.begin(recovered.number()));
        // Who stored something here may be answering readers yet.
        predecessor = lease.isPresent() && recovered.number() > 0;
        followers.clear();
        List.copyOf(early).forEach(this::follow);
        early.clear();
        // Brings up to date what depends on the state, before anyone is answered.
        persist();
        proceed();
    }

    /** A batch is on disk, if it changed anything. */
    void persisted(ShardLogActor.Persisted persisted) {
        ReadLease.Moment moment = begun;
        if (moment != null && persisted.stored()) {
            lease.ifPresent(own -> own.stored(persisted.number(), moment));
        }
        if (predecessor) {
            predecessor = false;
            around.awaitEndOfPredecessor(persisted);
        } else if (persisted.stored() || isVouched()) {
            alone(persisted);
        } else {
            // Refusals, too, may be wrong if another process owns the shard by now; the store did not object, for it
            // was
            // not asked.
            unvouched = persisted;
        }
    }

    /** A batch is on disk if it changed anything, and nobody else takes himself for the shard's owner. */
    void alone(ShardLogActor.Persisted persisted) {
        state = persisted.state();
        busy = false;
        // Followers first: who sees the answer finds the change in any reading that asks this shard afterwards.
        for (ShardFeed news : recent.add(persisted.changes(), state)) {
            followers.forEach(follower -> follower.tell(news));
        }
        // Before the answers: who has one may ask for what was freed.
        persisted.changes().forEach(change -> Allocations.freedBy(change).ifPresent(around::giveBack));
        for (int i = 0; i < inFlight.size(); i++) {
            ShardReplies.answer(inFlight.get(i), persisted.answers().get(i));
        }
        inFlight = List.of();
        around.startCompanions();
        if (persisted.unfinished()) {
            persist();
        }
        proceed();
    }

    /**
     * What was being loaded or persisted is lost: nobody knows what the store holds until it is loaded again.
     *
     * @param refusal for whoever asks meanwhile
     */
    void lost(Refusal refusal, @Nullable Throwable cause) {
        log = false;
        loaded = false;
        busy = false;
        unvouched = null;
        broken = refusal;
        Refusal doubt = ShardReplies.inDoubt(refusal, cause);
        inFlight.forEach(command -> ShardReplies.refuse(command, doubt));
        inFlight = List.of();
        waiting.forEach(command -> ShardReplies.refuse(command, refusal));
        waiting.clear();
        over = stopping;
    }
}
