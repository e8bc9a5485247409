package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.ClockOffsets;
import dev.weft.gossip.member.Membership;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.Batch;
import dev.weft.gossip.origin.OriginState;
import dev.weft.gossip.origin.Replica;
import dev.weft.gossip.transport.PeerListener;
import dev.weft.gossip.trust.Invitations;
import dev.weft.gossip.trust.JoinToken;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.trust.RecordSigner;
import dev.weft.gossip.wire.Frame;
import dev.weft.gossip.wire.StoredForm;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All that one process does in the federation, without thread or timer: its owner calls {@link #round} when the time it
 * named has passed, and hands in what links and shards say. Belongs to one owner; {@link SpreadActor} is one.
 */
public final class SpreadCore implements PeerListener {
    private final SpreadSettings settings;
    private final StoreQueue store;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Consumer<News> news;
    private final Convergence convergence;
    private final Refusals refusals = new Refusals();
    private final Membership membership;
    private final Ledger ledger;
    private final OwnOrigins own;
    private final Repair repair;
    private final LinkTable links;
    private final Roster roster;
    private final MemberReports reports;
    private final Push push;
    private final RollBook roll;
    private final RollChanges changes;
    private final Rounds rounds;
    private final Tokens tokens;
    private final Joining joining;
    private final Leaving leaving;
    private final Handshake handshake;
    private final Meter meter;
    private final Hearing hearing;
    private Instant nextBeat;

    private SpreadCore(Identity identity, SpreadSettings settings, Surroundings around, Life life) {
        this.settings = settings;
        this.store = around.store();
        this.clock = around.clock();
        this.random = around.random();
        Consumer<News> followers = around.news();
        this.news = item -> tell(item, followers);
        Instant now = clock.instant();
        TrustSettings trust = settings.trust();
        StoredState stored = life.stored();
        RecordSigner signer = new RecordSigner(identity.key());
        this.membership = new Membership(settings.members(), self(identity, life, now), signer::sign);
        NodeId self = membership.self().id();
        Outbox outbox = new Outbox(around.peers());
        ClockOffsets clocks = new ClockOffsets(settings.members().clockBound());
        FutureBound future = new FutureBound(clocks, settings.futureBound());
        this.roll = new RollBook(identity.key(), trust.members(), store, around.signatures(), stored, now);
        this.convergence = new Convergence(identity.cluster(), clocks, this::roundTrip, now);
        this.ledger = new Ledger(membership, roll, settings, store, news, refusals, future);
        ledger.restore(stored.origins());
        this.own = new OwnOrigins(
                identity.cluster(), life.incarnation(), ledger, life.past(), signer, settings.budgetBytes());
        this.repair = new Repair(ledger, own, outbox, roll.verifier(), settings);
        this.links = new LinkTable(around.peers(), settings.backoff(), settings.links(), trust.rate(), random);
        this.push = new Push(links, outbox, settings, random, self);
        this.reports = new MemberReports(membership, roll, ledger, repair, store, settings, news, clocks, now);
        this.roster = new Roster(membership, roll, ledger, reports, store, settings, refusals, clocks, future, random);
        this.rounds = new Rounds(ledger, roll, roster, reports, repair, push, outbox, settings);
        this.changes = new RollChanges(roll, ledger, roster, reports, rounds, push, links, outbox);
        this.tokens = new Tokens(identity.key(), self, trust.invitations(), store, stored);
        this.leaving =
                new Leaving(identity, membership, roll, ledger, own, roster, reports, links, store, outbox, stored);
        Admission admission = new Admission(identity, membership, roll, tokens, leaving, trust, refusals, future);
        this.joining = new Joining(identity, membership, roll, leaving, links, trust.joinTimeout());
        this.handshake = new Handshake(
                identity,
                membership,
                roll,
                admission,
                leaving,
                roster,
                rounds,
                links,
                joining,
                outbox,
                refusals,
                changes);
        Intake intake = new Intake(ledger, repair, push, refusals);
        Supply supply = new Supply(ledger, outbox, settings);
        Exchange exchange = new Exchange(admission, leaving, roster, rounds, repair, supply, intake, push);
        this.meter = new Meter(links, refusals);
        this.hearing = new Hearing(
                links, handshake, exchange, roster, reports, repair, changes, refusals, meter, store, trust, clock);
        reports.restore(stored.marks());
        roster.restore(stored.nodes(), now);
        reports.look(now);
        this.nextBeat = now;
    }

    private static Node self(Identity identity, Life life, Instant now) {
        long started = HybridTimestamp.of(now).packed();
        NodeId id = new NodeId(identity.cluster(), identity.advertised());
        return new Node(id, life.incarnation(), started, started, Node.Presence.HERE);
    }

    private @Nullable Duration roundTrip(String cluster) {
        return reports.roundTrip(cluster);
    }

    private void tell(News item, Consumer<News> followers) {
        convergence.told(item, clock.instant());
        followers.accept(item);
    }

    /**
     * Begins from what an earlier life stored; makes the incarnation of the cluster where nobody has yet.
     *
     * @param loaded records are taken out of it one by one, so that there are not two of each
     */
    public static SpreadCore begin(
            Identity identity,
            SpreadSettings settings,
            Surroundings around,
            Map<String, byte[]> loaded,
            StoredForm form) {
        return new SpreadCore(identity, settings, around, Life.begin(identity, around, loaded, form));
    }

    /** Makes the records of an own origin equal to the given ones; see the front door. */
    public void reset(int shard, long notBefore, Map<String, ByteString> records) {
        long before = ledger.replica().highest(own.id(shard));
        List<Batch> written = own.reset(shard, notBefore, records, clock.instant());
        push.tell(written);
        if (written.isEmpty() && ledger.replica().highest(own.id(shard)) != before) {
            rounds.open(push.targets(null), clock.instant());
        }
        store.flush();
    }

    /** Publishes changes of an own origin; see the front door. */
    public void publish(int shard, long notBefore, Map<String, @Nullable ByteString> changes) {
        push.tell(own.publish(shard, notBefore, changes, clock.instant()));
        store.flush();
    }

    /** Stops writing an own origin; its records stay. */
    public void release(int shard) {
        own.release(shard);
    }

    /** Keeps trying to reach this address. */
    public void join(NodeAddress address) {
        leaving.over();
        links.seed(address);
        links.dialDue(membership.nodes(), membership.self().id(), clock.instant());
    }

    /** Keeps links with the other processes of this cluster. */
    public void beside(Set<NodeAddress> processes) {
        links.beside(processes);
        links.dialDue(membership.nodes(), membership.self().id(), clock.instant());
    }

    /** Gives out a token; empty where too many are open already. */
    public Optional<JoinToken> invite(ByteString secret, Duration validity) {
        Optional<JoinToken> token = tokens.invite(secret, validity, clock.instant());
        store.flush();
        return token;
    }

    /** The tokens of this process that somebody could use. */
    public List<Invitations.Invitation> tokens() {
        return tokens.open(clock.instant());
    }

    /** Takes a token back. Answers why that cannot be; empty if nobody can use it any more. */
    public Optional<String> revoke(String id) {
        Optional<String> failure = Optional.ofNullable(tokens.revoke(id, clock.instant()));
        store.flush();
        return failure;
    }

    /** Joins with a token; the reply hears why that failed, or nothing when this cluster is a member. */
    public void join(JoinToken token, Consumer<Optional<String>> reply) {
        joining.begin(token, reply, clock.instant());
    }

    /** Puts a member out of the federation. Answers why that cannot be; empty if it is out. */
    public Optional<String> expel(String cluster) {
        Optional<String> failure = Optional.ofNullable(roll.expel(cluster, clock.instant()));
        changes.settle(null, clock.instant());
        store.flush();
        return failure;
    }

    /**
     * Says goodbye to all and goes on alone; the others forget this cluster's records, and it theirs. Answers why that
     * cannot be; empty if it left.
     */
    public Optional<String> leave() {
        Optional<String> alone = Optional.ofNullable(leaving.alone());
        if (alone.isEmpty()) {
            leaving.leave(clock.instant());
            store.flush();
        }
        return alone;
    }

    /** What went over links and what was refused, by cluster. */
    public SpreadReport stats() {
        return new SpreadReport(meter.report(members()), convergence.report());
    }

    /** How long to let a peer wait before he may send more. */
    public Duration pause(long id) {
        return hearing.pause(id);
    }

    /** All that is known, for one who begins to follow. */
    public List<News> everything() {
        List<News> told = new ArrayList<>();
        for (OriginState state : ledger.replica().states()) {
            told.add(new News.OriginTold(state.id(), state.live()));
        }
        told.add(new News.MembersChanged(members()));
        told.add(new News.CaughtUp());
        return told;
    }

    /** The federation as seen from here. */
    public List<MemberReport> members() {
        return reports.report(clock.instant());
    }

    /** The state itself, to look at. */
    public Replica replica() {
        return ledger.replica();
    }

    /** How many words of others were not believed so far. */
    public long refused() {
        return refusals.all();
    }

    /** One repair round. Answers how long to wait for the next. */
    public Duration round() {
        Instant now = clock.instant();
        boolean beat = !now.isBefore(nextBeat);
        if (beat) {
            nextBeat = now.plus(settings.members().beatInterval());
            membership.beat(HybridTimestamp.of(now).packed());
            roster.lives();
            roster.expire(now);
            reports.look(now);
            reports.tellChanges(now);
            ledger.purge(now);
        }
        repair.expire(links.all(), now);
        links.closeSilent(settings.linkTimeout(), now);
        joining.expire(now);
        hearing.closeFlooding(now);
        for (Link link : links.all()) {
            if (link.connected && link.dialed != null && link.node == null && !link.joining) {
                handshake.greet(link);
            }
        }
        if (beat || membership.size() <= settings.links()) {
            links.dialDue(membership.nodes(), membership.self().id(), now);
        }
        rounds.open(push.targets(null), now);
        store.flush();
        double jitter = settings.roundJitter() * (random.nextDouble() - 0.5);
        return Duration.ofMillis(Math.max(1, Math.round(settings.roundInterval().toMillis() * (1 + jitter))));
    }

    /** Says goodbye; completes when the store has all. The owner then stops the links. */
    public CompletionStage<Void> stop(Node.Presence how) {
        Node last = membership.depart(how, HybridTimestamp.of(clock.instant()).packed());
        leaving.farewell(last);
        store.put(StoreQueue.CLEAN, new byte[] {1});
        return store.drain();
    }

    @Override
    public void connected(long id, boolean dialed, @Nullable PeerIdentity proven) {
        hearing.connected(id, dialed, proven);
    }

    @Override
    public void disconnected(long id, String reason) {
        hearing.disconnected(id, reason);
    }

    @Override
    public void malformed(long id, String reason) {
        hearing.malformed(id, reason);
    }

    @Override
    public void received(long id, Frame frame, int bytes) {
        hearing.received(id, frame, bytes);
    }
}
