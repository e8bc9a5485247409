package dev.weft.gossip;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.util.ByteString;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.spread.ConvergenceReport;
import dev.weft.gossip.spread.Identity;
import dev.weft.gossip.spread.MemberReport;
import dev.weft.gossip.spread.SpreadActor;
import dev.weft.gossip.spread.SpreadCommand;
import dev.weft.gossip.spread.SpreadReport;
import dev.weft.gossip.spread.Storage;
import dev.weft.gossip.transport.Peers;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.Invitations;
import dev.weft.gossip.trust.JoinToken;
import dev.weft.gossip.wire.StoredForm;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One process's part in the federation; the wiring of this module. */
public final class GossipNode implements Gossip {
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(10);

    private final ActorSystem<?> system;
    private final GossipSettings settings;
    private final RecordBounds bounds;
    private final InstantSource clock;
    private final SecureRandom secrets = new SecureRandom();
    private final NodeAddress address;
    private final NodeAddress advertised;
    private final ActorRef<SpreadCommand> actor;
    private final AtomicLong followers = new AtomicLong();
    private final AtomicBoolean departing = new AtomicBoolean();
    private final CompletableFuture<Void> departed = new CompletableFuture<>();

    private GossipNode(
            ActorSystem<?> system,
            GossipSettings settings,
            InstantSource clock,
            NodeAddress address,
            NodeAddress advertised,
            ActorRef<SpreadCommand> actor) {
        this.system = system;
        this.clock = clock;
        this.settings = settings;
        this.bounds = new RecordBounds(settings.wire());
        this.address = address;
        this.advertised = advertised;
        this.actor = actor;
    }

    /**
     * Binds the listener, then loads what was stored and takes part.
     *
     * @param random for whom to tell and when; used by one thread
     * @throws IOException where the address cannot be bound or the identity not be read, in a sentence for the user
     */
    public static GossipNode start(
            ActorSystem<?> system,
            GossipSettings settings,
            RecordStore store,
            InstantSource clock,
            RandomGenerator random)
            throws IOException {
        Listening listening = Listening.bind(settings, clock);
        return start(system, settings, store, clock, random, listening.peers(), listening.identity(), listening.open());
    }

    /** The same over links that are there already, e.g. simulated ones. */
    static GossipNode start(
            ActorSystem<?> system,
            GossipSettings settings,
            RecordStore store,
            InstantSource clock,
            RandomGenerator random,
            Peers peers,
            ClusterIdentity identity,
            boolean open) {
        NodeAddress advertised = advertised(settings, peers.address());
        SpreadActor.Parts parts = new SpreadActor.Parts(
                new Identity(identity, advertised, settings.incarnation(), open),
                settings.spread(),
                peers,
                storage(store),
                new StoredForm(settings.wire()),
                clock,
                random,
                settings.seeds().stream().map(Reports::internal).toList(),
                settings.waitingCommands());
        // Several lives of one process may follow each other in one actor system.
        String name = "gossip-" + settings.cluster() + "-" + Long.toHexString(clock.millis() ^ random.nextLong());
        ActorRef<SpreadCommand> actor = system.systemActorOf(SpreadActor.create(parts), name, Props.empty());
        return new GossipNode(system, settings, clock, peers.address(), advertised, actor);
    }

    @Override
    public HostPort address() {
        return Reports.external(address);
    }

    /** Where other processes, also of other clusters, reach this one. */
    public HostPort advertised() {
        return Reports.external(advertised);
    }

    @Override
    public void reset(int shard, long notBefore, Map<String, ByteString> records) {
        bounds.check(shard);
        records.forEach(bounds::check);
        actor.tell(new SpreadCommand.Reset(shard, notBefore, records));
    }

    @Override
    public void publish(int shard, long notBefore, List<RecordChange> changes) {
        bounds.check(shard);
        Map<String, @Nullable ByteString> byKey = new LinkedHashMap<>();
        for (RecordChange change : changes) {
            bounds.check(change.key(), change.payload());
            // Of several changes of a key the last one counts, at its place.
            byKey.remove(change.key());
            byKey.put(change.key(), change.payload());
        }
        actor.tell(new SpreadCommand.Publish(shard, notBefore, byKey));
    }

    @Override
    public int payloadBytes() {
        return settings.wire().payloadBytes();
    }

    @Override
    public void release(int shard) {
        actor.tell(new SpreadCommand.Release(shard));
    }

    @Override
    public void follow(ActorRef<FederationEvent> follower) {
        follow(follower, key -> true);
    }

    @Override
    public void follow(ActorRef<FederationEvent> follower, Predicate<String> keys) {
        String name = actor.path().name() + "-" + actor.path().uid() + "-follower-" + followers.incrementAndGet();
        actor.tell(new SpreadCommand.Follow(system.systemActorOf(
                FollowerActor.create(follower, actor, keys), name, DispatcherSelector.sameAsParent())));
    }

    @Override
    public CompletionStage<List<Member>> members() {
        CompletionStage<List<MemberReport>> reports =
                AskPattern.ask(actor, SpreadCommand.GetMembers::new, ASK_TIMEOUT, system.scheduler());
        return reports.thenApply(list -> list.stream().map(Reports::member).toList());
    }

    @Override
    public void join(HostPort peer) {
        actor.tell(new SpreadCommand.Join(Reports.internal(peer)));
    }

    @Override
    public void beside(Collection<HostPort> processes) {
        actor.tell(new SpreadCommand.Beside(
                processes.stream().map(Reports::internal).collect(Collectors.toUnmodifiableSet())));
    }

    @Override
    public CompletionStage<Void> stop() {
        return depart(Node.Presence.STOPPED);
    }

    @Override
    public Duration tokenValidity() {
        return settings.trust().tokenValidity();
    }

    @Override
    public CompletionStage<String> invite(Duration validity) {
        if (validity.toSeconds() < 1) {
            return CompletableFuture.failedStage(
                    new FederationRefusal("token: valid for " + validity + " (expected: at least a second)"));
        }
        byte[] secret = new byte[JoinToken.SECRET_BYTES];
        secrets.nextBytes(secret);
        CompletionStage<Optional<JoinToken>> token = ask(
                replyTo -> new SpreadCommand.Invite(ByteString.fromArrayUnsafe(secret), validity, replyTo),
                ASK_TIMEOUT);
        return token.thenApply(made -> made.map(JoinToken::print)
                .orElseThrow(() -> new FederationRefusal(
                        "token: too many are open (expected: at most weft.gossip.trust.invitations)")));
    }

    @Override
    public CompletionStage<List<OpenToken>> tokens() {
        CompletionStage<List<Invitations.Invitation>> open = ask(SpreadCommand.GetTokens::new, ASK_TIMEOUT);
        return open.thenApply(all -> all.stream()
                .map(each -> new OpenToken(each.id(), each.expires()))
                .toList());
    }

    @Override
    public CompletionStage<Void> revoke(String id) {
        return done(ask(replyTo -> new SpreadCommand.Revoke(id, replyTo), ASK_TIMEOUT));
    }

    @Override
    public CompletionStage<Void> joinWith(String token) {
        JoinToken parsed;
        try {
            parsed = JoinToken.parse(token);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedStage(new FederationRefusal(String.valueOf(e.getMessage())));
        }
        return done(ask(
                replyTo -> new SpreadCommand.JoinWith(parsed, replyTo),
                settings.spread().trust().joinTimeout().plus(ASK_TIMEOUT)));
    }

    @Override
    public CompletionStage<Void> leave() {
        return done(ask(SpreadCommand.Leave::new, ASK_TIMEOUT));
    }

    @Override
    public CompletionStage<Void> expel(String cluster) {
        return done(ask(replyTo -> new SpreadCommand.Expel(cluster, replyTo), ASK_TIMEOUT));
    }

    @Override
    public CompletionStage<GossipStats> stats() {
        CompletionStage<SpreadReport> reports = ask(SpreadCommand.GetStats::new, ASK_TIMEOUT);
        return reports.thenApply(report -> new GossipStats(
                report.peers().stream()
                        .filter(peer -> !peer.member().self())
                        .map(peer -> Reports.peer(peer, clock.instant()))
                        .toList(),
                new GossipStats.Histogram(
                        ConvergenceReport.BOUNDS_MILLIS,
                        report.convergence().counts(),
                        report.convergence().sumMillis())));
    }

    private <T> CompletionStage<T> ask(Function<ActorRef<T>, SpreadCommand> question, Duration timeout) {
        return AskPattern.ask(actor, question::apply, timeout, system.scheduler());
    }

    private static CompletionStage<Void> done(CompletionStage<Optional<String>> refusal) {
        return refusal.thenAccept(reason -> reason.ifPresent(why -> {
            throw new FederationRefusal(why);
        }));
    }

    private CompletionStage<Void> depart(Node.Presence how) {
        if (departing.compareAndSet(false, true)) {
            CompletionStage<Done> done = AskPattern.ask(
                    actor, replyTo -> new SpreadCommand.Stop(how, replyTo), ASK_TIMEOUT, system.scheduler());
            done.whenComplete((ignored, failure) -> {
                if (failure == null) {
                    departed.complete(null);
                } else {
                    departed.completeExceptionally(failure);
                }
            });
        }
        return departed;
    }

    private static NodeAddress advertised(GossipSettings settings, NodeAddress bound) {
        HostPort wanted = settings.advertised();
        if (wanted == null) {
            return bound;
        }
        return new NodeAddress(wanted.host(), wanted.port() == 0 ? bound.port() : wanted.port());
    }

    private static Storage storage(RecordStore store) {
        return new Storage() {
            @Override
            public CompletionStage<Map<String, byte[]>> load() {
                return store.load();
            }

            @Override
            public CompletionStage<Void> write(Map<String, byte[]> puts, List<String> deletes) {
                return store.write(puts, deletes);
            }
        };
    }
}
