package dev.weft.gossip.spread;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.transport.Peers;
import dev.weft.gossip.trust.VerifyKey;
import dev.weft.gossip.wire.StoredForm;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Runs a {@link SpreadCore}: loads what was stored, then hands it every word of links, shards and timers, one at a time.
 *
 * <p>The front door talks to it. A restart of the process loses nothing that was stored; what was told and not stored is
 * learned again from the peers or told anew by the shards. Three phases: loading, running, stopping.
 */
public final class SpreadActor {

    /** What it says to itself. */
    sealed interface Inner extends SpreadCommand {}

    /** All that was stored, to be taken out piece by piece: it may be as large as what is made of it. */
    private record Loaded(Map<String, byte[]> stored) implements Inner {}

    private record LoadFailed(Throwable failure) implements Inner {}

    private record LoadDue() implements Inner {}

    private record RoundDue() implements Inner {}

    private record Written(Optional<Throwable> failure) implements Inner {}

    private record PauseOver(long link) implements Inner {}

    private record Drained() implements Inner {}

    private record PeersStopped() implements Inner {}

    /**
     * What it works with.
     *
     * @param waiting commands that may wait while the store is loaded
     */
    public record Parts(
            Identity identity,
            SpreadSettings settings,
            Peers peers,
            Storage storage,
            StoredForm form,
            InstantSource clock,
            RandomGenerator random,
            List<NodeAddress> seeds,
            int waiting) {
        public Parts {
            seeds = List.copyOf(seeds);
        }
    }

    private static final Duration LOAD_RETRY = Duration.ofSeconds(1);
    private static final Duration LOAD_TOLD = Duration.ofMinutes(1);

    private final ActorContext<SpreadCommand> context;
    private final TimerScheduler<SpreadCommand> timers;
    private final Parts parts;
    private final StoreQueue store;
    private final Seldom loadTold = new Seldom(LOAD_TOLD);
    private final Set<ActorRef<News>> followers = new LinkedHashSet<>();

    private SpreadActor(ActorContext<SpreadCommand> context, TimerScheduler<SpreadCommand> timers, Parts parts) {
        this.context = context;
        this.timers = timers;
        this.parts = parts;
        ActorRef<SpreadCommand> self = context.getSelf();
        this.store = new StoreQueue(parts.storage(), parts.form(), failure -> self.tell(new Written(failure)));
    }

    /** Begins to load. */
    public static Behavior<SpreadCommand> create(Parts parts) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers ->
                Behaviors.withStash(parts.waiting(), stash -> new SpreadActor(context, timers, parts).loading(stash))));
    }

    private Behavior<SpreadCommand> loading(StashBuffer<SpreadCommand> stash) {
        load();
        return Behaviors.receive(SpreadCommand.class)
                .onMessage(Loaded.class, loaded -> stash.unstashAll(running(loaded.stored())))
                .onMessage(LoadFailed.class, this::onLoadFailed)
                .onMessage(LoadDue.class, due -> load())
                .onMessage(Written.class, written -> Behaviors.same())
                .onAnyMessage(command -> {
                    stash.stash(command);
                    return Behaviors.same();
                })
                .build();
    }

    private Behavior<SpreadCommand> load() {
        context.pipeToSelf(
                parts.storage().load(),
                (stored, failure) -> failure == null ? new Loaded(stored) : new LoadFailed(failure));
        return Behaviors.same();
    }

    private Behavior<SpreadCommand> onLoadFailed(LoadFailed failed) {
        switch (loadTold.happened(parts.clock().instant())) {
            case ALL ->
                context.getLog()
                        .warn(
                                "loading gossip records failed, trying again every {} (expected: a readable store); told"
                                        + " again every {}",
                                LOAD_RETRY,
                                LOAD_TOLD,
                                failed.failure());
            case AGAIN ->
                context.getLog()
                        .warn(
                                "loading gossip records still fails: {}",
                                failed.failure().getMessage());
            case NOTHING -> context.getLog().debug("loading gossip records failed again");
        }
        timers.startSingleTimer(new LoadDue(), LOAD_RETRY);
        return Behaviors.same();
    }

    private Behavior<SpreadCommand> running(Map<String, byte[]> stored) {
        Surroundings around = new Surroundings(
                parts.peers(),
                store,
                news -> followers.forEach(f -> f.tell(news)),
                parts.clock(),
                parts.random(),
                VerifyKey::signed);
        SpreadCore core = SpreadCore.begin(parts.identity(), parts.settings(), around, stored, parts.form());
        parts.peers().start(LinkWord.toldTo(context.getSelf()));
        parts.seeds().forEach(core::join);
        context.getSelf().tell(new RoundDue());
        return new Running(core).receive();
    }

    private final class Running {
        private final SpreadCore core;

        private Running(SpreadCore core) {
            this.core = core;
        }

        private Behavior<SpreadCommand> receive() {
            return Behaviors.receive(SpreadCommand.class)
                    .onMessage(LinkWord.Received.class, this::onReceived)
                    .onMessage(SpreadCommand.Reset.class, this::onReset)
                    .onMessage(SpreadCommand.Publish.class, this::onPublish)
                    .onMessage(SpreadCommand.Release.class, this::onRelease)
                    .onMessage(SpreadCommand.Follow.class, this::onFollow)
                    .onSignal(Terminated.class, this::onTerminated)
                    .onMessage(SpreadCommand.GetMembers.class, this::onGetMembers)
                    .onMessage(SpreadCommand.Join.class, this::onJoin)
                    .onMessage(SpreadCommand.Beside.class, this::onBeside)
                    .onMessage(SpreadCommand.Invite.class, this::onInvite)
                    .onMessage(SpreadCommand.GetTokens.class, this::onGetTokens)
                    .onMessage(SpreadCommand.Revoke.class, this::onRevoke)
                    .onMessage(SpreadCommand.JoinWith.class, this::onJoinWith)
                    .onMessage(SpreadCommand.Expel.class, this::onExpel)
                    .onMessage(SpreadCommand.Leave.class, this::onLeave)
                    .onMessage(SpreadCommand.GetStats.class, this::onGetStats)
                    .onMessage(PauseOver.class, this::onPauseOver)
                    .onMessage(RoundDue.class, this::onRoundDue)
                    .onMessage(Written.class, this::onWritten)
                    .onMessage(LinkWord.Connected.class, this::onConnected)
                    .onMessage(LinkWord.Malformed.class, this::onMalformed)
                    .onMessage(LinkWord.Disconnected.class, this::onDisconnected)
                    .onMessage(SpreadCommand.Stop.class, this::onStop)
                    .build();
        }

        private Behavior<SpreadCommand> onReceived(LinkWord.Received received) {
            core.received(received.link(), received.frame(), received.bytes());
            return processed(received.link());
        }

        private Behavior<SpreadCommand> onReset(SpreadCommand.Reset reset) {
            core.reset(reset.shard(), reset.notBefore(), reset.records());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onPublish(SpreadCommand.Publish publish) {
            core.publish(publish.shard(), publish.notBefore(), publish.changes());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onRelease(SpreadCommand.Release release) {
            core.release(release.shard());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onFollow(SpreadCommand.Follow follow) {
            if (followers.add(follow.follower())) {
                context.watch(follow.follower());
                core.everything().forEach(follow.follower()::tell);
            }
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onTerminated(Terminated terminated) {
            followers.removeIf(
                    follower -> follower.path().equals(terminated.getRef().path()));
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onGetMembers(SpreadCommand.GetMembers get) {
            get.replyTo().tell(core.members());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onJoin(SpreadCommand.Join join) {
            core.join(join.address());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onBeside(SpreadCommand.Beside beside) {
            core.beside(beside.processes());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onRoundDue(RoundDue due) {
            timers.startSingleTimer(due, core.round());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onWritten(Written written) {
            store.finished(written.failure());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onConnected(LinkWord.Connected connected) {
            core.connected(
                    connected.link(), connected.dialed(), connected.proven().orElse(null));
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onMalformed(LinkWord.Malformed malformed) {
            core.malformed(malformed.link(), malformed.reason());
            return processed(malformed.link());
        }

        /** The peer may send one more: at once, or later if he sends too much. */
        private Behavior<SpreadCommand> processed(long link) {
            Duration pause = core.pause(link);
            if (pause.isZero()) {
                parts.peers().processed(link);
            } else {
                context.scheduleOnce(pause, context.getSelf(), new PauseOver(link));
            }
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onPauseOver(PauseOver over) {
            parts.peers().processed(over.link());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onInvite(SpreadCommand.Invite invite) {
            invite.replyTo().tell(core.invite(invite.secret(), invite.validity()));
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onGetTokens(SpreadCommand.GetTokens question) {
            question.replyTo().tell(core.tokens());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onRevoke(SpreadCommand.Revoke revoke) {
            revoke.replyTo().tell(core.revoke(revoke.id()));
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onJoinWith(SpreadCommand.JoinWith join) {
            core.join(join.token(), join.replyTo()::tell);
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onExpel(SpreadCommand.Expel expel) {
            expel.replyTo().tell(core.expel(expel.cluster()));
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onLeave(SpreadCommand.Leave leave) {
            leave.replyTo().tell(core.leave());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onGetStats(SpreadCommand.GetStats get) {
            get.replyTo().tell(core.stats());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onDisconnected(LinkWord.Disconnected disconnected) {
            core.disconnected(disconnected.link(), disconnected.reason());
            return Behaviors.same();
        }

        private Behavior<SpreadCommand> onStop(SpreadCommand.Stop stop) {
            timers.cancelAll();
            context.pipeToSelf(core.stop(stop.how()), (done, failure) -> new Drained());
            return stopping(stop.replyTo());
        }
    }

    private Behavior<SpreadCommand> stopping(ActorRef<Done> replyTo) {
        return Behaviors.receive(SpreadCommand.class)
                .onMessage(Written.class, written -> {
                    store.finished(written.failure());
                    return Behaviors.same();
                })
                .onMessage(Drained.class, drained -> {
                    context.pipeToSelf(parts.peers().stop(), (done, failure) -> new PeersStopped());
                    return Behaviors.same();
                })
                .onMessage(PeersStopped.class, stopped -> {
                    replyTo.tell(Done.getInstance());
                    return Behaviors.stopped();
                })
                .onMessage(SpreadCommand.Stop.class, again -> Behaviors.same())
                .onAnyMessage(late -> Behaviors.same())
                .onSignal(Terminated.class, follower -> Behaviors.same())
                .build();
    }
}
