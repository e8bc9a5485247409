package dev.weft.gossip.spread;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.StashBuffer;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.util.ByteString;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.transport.PeerListener;
import dev.weft.gossip.transport.Peers;
import dev.weft.gossip.trust.Invitations;
import dev.weft.gossip.trust.JoinToken;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.trust.VerifyKey;
import dev.weft.gossip.wire.Frame;
import dev.weft.gossip.wire.StoredForm;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link SpreadCore}: loads what was stored, then hands it every word of links, shards and timers, one at a time.
 *
 * <p>The front door talks to it. A restart of the process loses nothing that was stored; what was told and not stored is
 * learned again from the peers or told anew by the shards. Three phases: loading, running, stopping.
 */
public final class SpreadActor {

    /** What it understands. */
    public sealed interface Command {}

    /** See the front door. */
    public record Reset(int shard, long notBefore, Map<String, ByteString> records) implements Command {
        public Reset {
            records = Map.copyOf(records);
        }
    }

    /** See the front door; a null payload withdraws the key. */
    public record Publish(int shard, long notBefore, Map<String, @Nullable ByteString> changes) implements Command {
        public Publish {
            changes = Collections.unmodifiableMap(new LinkedHashMap<>(changes));
        }
    }

    /** See the front door. */
    public record Release(int shard) implements Command {}

    /** Tells the follower all, then every change, until it stops. */
    public record Follow(ActorRef<News> follower) implements Command {}

    /** Asks for the federation as seen from here. */
    public record GetMembers(ActorRef<List<MemberReport>> replyTo) implements Command {}

    /** Keeps trying to reach an address. */
    public record Join(NodeAddress address) implements Command {}

    /** These are the other processes of this cluster. */
    public record Beside(Set<NodeAddress> processes) implements Command {
        public Beside {
            processes = Set.copyOf(processes);
        }
    }

    /** Gives out a token, which holds this secret; empty where too many are open. */
    public record Invite(ByteString secret, Duration validity, ActorRef<Optional<JoinToken>> replyTo)
            implements Command {}

    /** Asks for the tokens that somebody could use. */
    public record GetTokens(ActorRef<List<Invitations.Invitation>> replyTo) implements Command {}

    /** Takes a token back; answers why that cannot be, or nothing. */
    public record Revoke(String id, ActorRef<Optional<String>> replyTo) implements Command {}

    /** Joins with a token; answers why that failed, or nothing. */
    public record JoinWith(JoinToken token, ActorRef<Optional<String>> replyTo) implements Command {}

    /** Puts a cluster out; answers why that cannot be, or nothing. */
    public record Expel(String cluster, ActorRef<Optional<String>> replyTo) implements Command {}

    /** Leaves the federation and goes on alone; answers why that cannot be, or nothing. */
    public record Leave(ActorRef<Optional<String>> replyTo) implements Command {}

    /** Asks for what went over links. */
    public record GetStats(ActorRef<SpreadReport> replyTo) implements Command {}

    /** Says goodbye, writes what is left, ends the links, answers, and stops. */
    public record Stop(Node.Presence how, ActorRef<Done> replyTo) implements Command {}

    /** All that was stored, to be taken out piece by piece: it may be as large as what is made of it. */
    private record Loaded(Map<String, byte[]> stored) implements Command {}

    private record LoadFailed(Throwable failure) implements Command {}

    private record LoadDue() implements Command {}

    private record RoundDue() implements Command {}

    private record Written(Optional<Throwable> failure) implements Command {}

    private record Connected(long link, boolean dialed, Optional<PeerIdentity> proven) implements Command {}

    private record PauseOver(long link) implements Command {}

    private record Received(long link, Frame frame, int bytes) implements Command {}

    private record Malformed(long link, String reason) implements Command {}

    private record Disconnected(long link, String reason) implements Command {}

    private record Drained() implements Command {}

    private record PeersStopped() implements Command {}

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

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final Parts parts;
    private final StoreQueue store;
    private final Set<ActorRef<News>> followers = new LinkedHashSet<>();

    private SpreadActor(ActorContext<Command> context, TimerScheduler<Command> timers, Parts parts) {
        this.context = context;
        this.timers = timers;
        this.parts = parts;
        ActorRef<Command> self = context.getSelf();
        this.store = new StoreQueue(parts.storage(), parts.form(), failure -> self.tell(new Written(failure)));
    }

    /** Begins to load. */
    public static Behavior<Command> create(Parts parts) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers ->
                Behaviors.withStash(parts.waiting(), stash -> new SpreadActor(context, timers, parts).loading(stash))));
    }

    private Behavior<Command> loading(StashBuffer<Command> stash) {
        load();
        return Behaviors.receive(Command.class)
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

    private Behavior<Command> load() {
        context.pipeToSelf(
                parts.storage().load(),
                (stored, failure) -> failure == null ? new Loaded(stored) : new LoadFailed(failure));
        return Behaviors.same();
    }

    private Behavior<Command> onLoadFailed(LoadFailed failed) {
        context.getLog()
                .warn(
                        "loading gossip records failed, trying again in {} (expected: a readable store)",
                        LOAD_RETRY,
                        failed.failure());
        timers.startSingleTimer(new LoadDue(), LOAD_RETRY);
        return Behaviors.same();
    }

    private Behavior<Command> running(Map<String, byte[]> stored) {
        Surroundings around = new Surroundings(
                parts.peers(),
                store,
                news -> followers.forEach(f -> f.tell(news)),
                parts.clock(),
                parts.random(),
                VerifyKey::signed);
        SpreadCore core = SpreadCore.begin(parts.identity(), parts.settings(), around, stored, parts.form());
        parts.peers().start(new Forwarding(context.getSelf()));
        parts.seeds().forEach(core::join);
        context.getSelf().tell(new RoundDue());
        return new Running(core).receive();
    }

    /** Hands what links say to the actor. */
    private record Forwarding(ActorRef<Command> actor) implements PeerListener {
        @Override
        public void connected(long link, boolean dialed, @Nullable PeerIdentity proven) {
            actor.tell(new Connected(link, dialed, Optional.ofNullable(proven)));
        }

        @Override
        public void received(long link, Frame frame, int bytes) {
            actor.tell(new Received(link, frame, bytes));
        }

        @Override
        public void malformed(long link, String reason) {
            actor.tell(new Malformed(link, reason));
        }

        @Override
        public void disconnected(long link, String reason) {
            actor.tell(new Disconnected(link, reason));
        }
    }

    private final class Running {
        private final SpreadCore core;

        private Running(SpreadCore core) {
            this.core = core;
        }

        private Behavior<Command> receive() {
            return Behaviors.receive(Command.class)
                    .onMessage(Received.class, this::onReceived)
                    .onMessage(Reset.class, this::onReset)
                    .onMessage(Publish.class, this::onPublish)
                    .onMessage(Release.class, this::onRelease)
                    .onMessage(Follow.class, this::onFollow)
                    .onSignal(Terminated.class, this::onTerminated)
                    .onMessage(GetMembers.class, this::onGetMembers)
                    .onMessage(Join.class, this::onJoin)
                    .onMessage(Beside.class, this::onBeside)
                    .onMessage(Invite.class, this::onInvite)
                    .onMessage(GetTokens.class, this::onGetTokens)
                    .onMessage(Revoke.class, this::onRevoke)
                    .onMessage(JoinWith.class, this::onJoinWith)
                    .onMessage(Expel.class, this::onExpel)
                    .onMessage(Leave.class, this::onLeave)
                    .onMessage(GetStats.class, this::onGetStats)
                    .onMessage(PauseOver.class, this::onPauseOver)
                    .onMessage(RoundDue.class, this::onRoundDue)
                    .onMessage(Written.class, this::onWritten)
                    .onMessage(Connected.class, this::onConnected)
                    .onMessage(Malformed.class, this::onMalformed)
                    .onMessage(Disconnected.class, this::onDisconnected)
                    .onMessage(Stop.class, this::onStop)
                    .build();
        }

        private Behavior<Command> onReceived(Received received) {
            core.received(received.link(), received.frame(), received.bytes());
            return processed(received.link());
        }

        private Behavior<Command> onReset(Reset reset) {
            core.reset(reset.shard(), reset.notBefore(), reset.records());
            return Behaviors.same();
        }

        private Behavior<Command> onPublish(Publish publish) {
            core.publish(publish.shard(), publish.notBefore(), publish.changes());
            return Behaviors.same();
        }

        private Behavior<Command> onRelease(Release release) {
            core.release(release.shard());
            return Behaviors.same();
        }

        private Behavior<Command> onFollow(Follow follow) {
            if (followers.add(follow.follower())) {
                context.watch(follow.follower());
                core.everything().forEach(follow.follower()::tell);
            }
            return Behaviors.same();
        }

        private Behavior<Command> onTerminated(Terminated terminated) {
            followers.removeIf(
                    follower -> follower.path().equals(terminated.getRef().path()));
            return Behaviors.same();
        }

        private Behavior<Command> onGetMembers(GetMembers get) {
            get.replyTo().tell(core.members());
            return Behaviors.same();
        }

        private Behavior<Command> onJoin(Join join) {
            core.join(join.address());
            return Behaviors.same();
        }

        private Behavior<Command> onBeside(Beside beside) {
            core.beside(beside.processes());
            return Behaviors.same();
        }

        private Behavior<Command> onRoundDue(RoundDue due) {
            timers.startSingleTimer(due, core.round());
            return Behaviors.same();
        }

        private Behavior<Command> onWritten(Written written) {
            store.finished(written.failure());
            return Behaviors.same();
        }

        private Behavior<Command> onConnected(Connected connected) {
            core.connected(
                    connected.link(), connected.dialed(), connected.proven().orElse(null));
            return Behaviors.same();
        }

        private Behavior<Command> onMalformed(Malformed malformed) {
            core.malformed(malformed.link(), malformed.reason());
            return processed(malformed.link());
        }

        /** The peer may send one more: at once, or later if he sends too much. */
        private Behavior<Command> processed(long link) {
            Duration pause = core.pause(link);
            if (pause.isZero()) {
                parts.peers().processed(link);
            } else {
                context.scheduleOnce(pause, context.getSelf(), new PauseOver(link));
            }
            return Behaviors.same();
        }

        private Behavior<Command> onPauseOver(PauseOver over) {
            parts.peers().processed(over.link());
            return Behaviors.same();
        }

        private Behavior<Command> onInvite(Invite invite) {
            invite.replyTo().tell(core.invite(invite.secret(), invite.validity()));
            return Behaviors.same();
        }

        private Behavior<Command> onGetTokens(GetTokens question) {
            question.replyTo().tell(core.tokens());
            return Behaviors.same();
        }

        private Behavior<Command> onRevoke(Revoke revoke) {
            revoke.replyTo().tell(core.revoke(revoke.id()));
            return Behaviors.same();
        }

        private Behavior<Command> onJoinWith(JoinWith join) {
            core.join(join.token(), join.replyTo()::tell);
            return Behaviors.same();
        }

        private Behavior<Command> onExpel(Expel expel) {
            expel.replyTo().tell(core.expel(expel.cluster()));
            return Behaviors.same();
        }

        private Behavior<Command> onLeave(Leave leave) {
            leave.replyTo().tell(core.leave());
            return Behaviors.same();
        }

        private Behavior<Command> onGetStats(GetStats get) {
            get.replyTo().tell(core.stats());
            return Behaviors.same();
        }

        private Behavior<Command> onDisconnected(Disconnected disconnected) {
            core.disconnected(disconnected.link(), disconnected.reason());
            return Behaviors.same();
        }

        private Behavior<Command> onStop(Stop stop) {
            timers.cancelAll();
            context.pipeToSelf(core.stop(stop.how()), (done, failure) -> new Drained());
            return stopping(stop.replyTo());
        }
    }

    private Behavior<Command> stopping(ActorRef<Done> replyTo) {
        return Behaviors.receive(Command.class)
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
                .onMessage(Stop.class, again -> Behaviors.same())
                .onAnyMessage(late -> Behaviors.same())
                .onSignal(Terminated.class, follower -> Behaviors.same())
                .build();
    }
}
