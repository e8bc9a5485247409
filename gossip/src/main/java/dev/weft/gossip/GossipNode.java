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
import dev.weft.gossip.spread.SpreadReport;
import dev.weft.gossip.spread.Storage;
import dev.weft.gossip.transport.GrpcPeers;
import dev.weft.gossip.transport.Peers;
import dev.weft.gossip.transport.Security;
import dev.weft.gossip.trust.Certificates;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.IdentityDirectory;
import dev.weft.gossip.trust.Invitations;
import dev.weft.gossip.trust.JoinToken;
import dev.weft.gossip.trust.LinkKeys;
import dev.weft.gossip.trust.LinkTrust;
import dev.weft.gossip.wire.StoredForm;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
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
    private final InstantSource clock;
    private final SecureRandom secrets = new SecureRandom();
    private final NodeAddress address;
    private final NodeAddress advertised;
    private final ActorRef<SpreadActor.Command> actor;
    private final AtomicLong followers = new AtomicLong();
    private final AtomicBoolean departing = new AtomicBoolean();
    private final CompletableFuture<Void> departed = new CompletableFuture<>();

    private GossipNode(
            ActorSystem<?> system,
            GossipSettings settings,
            InstantSource clock,
            NodeAddress address,
            NodeAddress advertised,
            ActorRef<SpreadActor.Command> actor) {
        this.system = system;
        this.clock = clock;
        this.settings = settings;
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
        boolean loopback = loopback(settings.bind());
        if (settings.trust().plain() && !loopback) {
            throw new IOException("gossip cannot listen on " + settings.bind() + " in plain text (expected: a loopback"
                    + " address, or weft.gossip.trust.plain-text = false)");
        }
        if (settings.advertised() == null
                && InetAddress.getByName(settings.bind().host()).isAnyLocalAddress()) {
            throw new IOException(
                    "gossip on " + settings.bind() + ": nobody can call that (expected: a host that others"
                            + " reach, here or as weft.gossip.advertised)");
        }
        SecureRandom chance = new SecureRandom();
        Path directory = settings.trust().directory();
        ClusterIdentity identity = directory == null
                ? ClusterIdentity.create(settings.cluster(), chance::nextBytes)
                : new IdentityDirectory(directory).loadOrCreate(settings.cluster(), chance::nextBytes);
        Security security = settings.trust().plain() ? null : security(settings.trust(), identity, clock, chance);
        GrpcPeers peers = GrpcPeers.bind(internal(settings.bind()), settings.links(), settings.wire(), security);
        boolean open = loopback && settings.trust().open();
        return start(system, settings, store, clock, random, peers, identity, open);
    }

    private static Security security(
            TrustOptions trust, ClusterIdentity identity, InstantSource clock, SecureRandom chance) {
        Certificates certificates = new Certificates(identity, trust.clockSkew(), chance);
        return new Security(
                new LinkKeys(certificates, trust.certificateValidity(), clock), new LinkTrust(clock), clock);
    }

    private static boolean loopback(HostPort bind) throws IOException {
        return InetAddress.getByName(bind.host()).isLoopbackAddress();
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
                settings.seeds().stream().map(GossipNode::internal).toList(),
                settings.waitingCommands());
        // Several lives of one process may follow each other in one actor system.
        String name = "gossip-" + settings.cluster() + "-" + Long.toHexString(clock.millis() ^ random.nextLong());
        ActorRef<SpreadActor.Command> actor = system.systemActorOf(SpreadActor.create(parts), name, Props.empty());
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
        check(shard);
        records.forEach(this::check);
        actor.tell(new SpreadActor.Reset(shard, notBefore, records));
    }

    @Override
    public void publish(int shard, long notBefore, List<RecordChange> changes) {
        check(shard);
        Map<String, @Nullable ByteString> byKey = new LinkedHashMap<>();
        for (RecordChange change : changes) {
            check(change.key(), change.payload());
            // Of several changes of a key the last one counts, at its place.
            byKey.remove(change.key());
            byKey.put(change.key(), change.payload());
        }
        actor.tell(new SpreadActor.Publish(shard, notBefore, byKey));
    }

    @Override
    public int payloadBytes() {
        return settings.wire().payloadBytes();
    }

    @Override
    public void release(int shard) {
        actor.tell(new SpreadActor.Release(shard));
    }

    @Override
    public void follow(ActorRef<FederationEvent> follower) {
        follow(follower, key -> true);
    }

    @Override
    public void follow(ActorRef<FederationEvent> follower, Predicate<String> keys) {
        String name = actor.path().name() + "-" + actor.path().uid() + "-follower-" + followers.incrementAndGet();
        actor.tell(new SpreadActor.Follow(system.systemActorOf(
                FollowerActor.create(follower, actor, keys), name, DispatcherSelector.sameAsParent())));
    }

    @Override
    public CompletionStage<List<Member>> members() {
        CompletionStage<List<MemberReport>> reports =
                AskPattern.ask(actor, SpreadActor.GetMembers::new, ASK_TIMEOUT, system.scheduler());
        return reports.thenApply(list -> list.stream().map(Reports::member).toList());
    }

    @Override
    public void join(HostPort peer) {
        actor.tell(new SpreadActor.Join(internal(peer)));
    }

    @Override
    public void beside(Collection<HostPort> processes) {
        actor.tell(new SpreadActor.Beside(
                processes.stream().map(GossipNode::internal).collect(Collectors.toUnmodifiableSet())));
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
                replyTo -> new SpreadActor.Invite(ByteString.fromArrayUnsafe(secret), validity, replyTo), ASK_TIMEOUT);
        return token.thenApply(made -> made.map(JoinToken::print)
                .orElseThrow(() -> new FederationRefusal(
                        "token: too many are open (expected: at most weft.gossip.trust.invitations)")));
    }

    @Override
    public CompletionStage<List<OpenToken>> tokens() {
        CompletionStage<List<Invitations.Invitation>> open = ask(SpreadActor.GetTokens::new, ASK_TIMEOUT);
        return open.thenApply(all -> all.stream()
                .map(each -> new OpenToken(each.id(), each.expires()))
                .toList());
    }

    @Override
    public CompletionStage<Void> revoke(String id) {
        return done(ask(replyTo -> new SpreadActor.Revoke(id, replyTo), ASK_TIMEOUT));
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
                replyTo -> new SpreadActor.JoinWith(parsed, replyTo),
                settings.spread().trust().joinTimeout().plus(ASK_TIMEOUT)));
    }

    @Override
    public CompletionStage<Void> leave() {
        return done(ask(SpreadActor.Leave::new, ASK_TIMEOUT));
    }

    @Override
    public CompletionStage<Void> expel(String cluster) {
        return done(ask(replyTo -> new SpreadActor.Expel(cluster, replyTo), ASK_TIMEOUT));
    }

    @Override
    public CompletionStage<GossipStats> stats() {
        CompletionStage<SpreadReport> reports = ask(SpreadActor.GetStats::new, ASK_TIMEOUT);
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

    private <T> CompletionStage<T> ask(Function<ActorRef<T>, SpreadActor.Command> question, Duration timeout) {
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
                    actor, replyTo -> new SpreadActor.Stop(how, replyTo), ASK_TIMEOUT, system.scheduler());
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

    private void check(int shard) {
        if (shard < 0 || shard >= settings.wire().shards()) {
            throw new IllegalArgumentException(
                    "shard: " + shard + " (expected: 0 to " + (settings.wire().shards() - 1) + ")");
        }
    }

    private void check(String key, @Nullable ByteString payload) {
        if (key.length() > settings.wire().keyLength()) {
            throw new IllegalArgumentException("key " + key + ": " + key.length() + " characters (expected: at most "
                    + settings.wire().keyLength() + ", weft.gossip.wire.key-length)");
        }
        if (payload != null && payload.length() > settings.wire().payloadBytes()) {
            throw new IllegalArgumentException(
                    "payload of " + key + ": " + payload.length() + " bytes (expected: at most "
                            + settings.wire().payloadBytes() + ", weft.gossip.wire.payload-bytes)");
        }
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

    private static NodeAddress internal(HostPort address) {
        return new NodeAddress(address.host(), address.port());
    }
}
