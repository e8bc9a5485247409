package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.Membership;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.Merged;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.origin.OriginState;
import dev.weft.gossip.origin.Replica;
import dev.weft.gossip.transport.PeerListener;
import dev.weft.gossip.transport.Peers;
import dev.weft.gossip.wire.Frame;
import dev.weft.gossip.wire.StoredForm;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that one process does in the federation, without thread or timer: its owner calls {@link #round} when the time it
 * named has passed, and hands in what links and shards say. Belongs to one owner; {@link SpreadActor} is one.
 */
public final class SpreadCore implements PeerListener {
    private static final Logger LOG = LoggerFactory.getLogger(SpreadCore.class);
    private static final int INCARNATION_CHANCE_BITS = 20;

    private final SpreadSettings settings;
    private final Peers peers;
    private final StoreQueue store;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Consumer<News> news;
    private final Refusals refusals = new Refusals();
    private final Membership membership;
    private final Ledger ledger;
    private final OwnOrigins own;
    private final Repair repair;
    private final LinkTable links;
    private final Roster roster;
    private final Push push;
    private Instant nextBeat;
    private long rounds;

    private SpreadCore(
            Identity identity, SpreadSettings settings, Surroundings around, StoredState stored, long incarnation) {
        this.settings = settings;
        this.peers = around.peers();
        this.store = around.store();
        this.clock = around.clock();
        this.random = around.random();
        this.news = around.news();
        Instant now = clock.instant();
        long started = HybridTimestamp.ofMillis(now.toEpochMilli()).packed();
        NodeId id = new NodeId(identity.cluster(), identity.advertised());
        this.membership =
                new Membership(settings.members(), new Node(id, incarnation, started, started, Node.Presence.HERE));
        this.ledger = new Ledger(membership, settings, store, news, refusals);
        ledger.restore(stored.origins());
        this.own = new OwnOrigins(identity.cluster(), incarnation, ledger, past(identity, stored));
        this.repair = new Repair(ledger, own, peers, settings);
        this.links = new LinkTable(peers, settings.backoff(), random);
        this.push = new Push(ledger, links, peers, settings, random, id);
        this.roster = new Roster(membership, ledger, repair, store, settings, refusals, news);
        roster.restore(stored.nodes(), now);
        this.nextBeat = now;
    }

    /** Begins from what an earlier life stored; makes the incarnation of the cluster where nobody has yet. */
    public static SpreadCore begin(
            Identity identity,
            SpreadSettings settings,
            Surroundings around,
            Map<String, byte[]> loaded,
            StoredForm form) {
        StoredState stored = StoreQueue.read(loaded, form);
        long made = HybridTimestamp.ofMillis(around.clock().millis()).packed()
                | around.random().nextLong(1L << INCARNATION_CHANCE_BITS);
        long incarnation = identity.incarnation().orElse(stored.incarnation().orElse(made));
        around.store().put(StoreQueue.INCARNATION, StoredState.bytes(incarnation));
        around.store().delete(StoreQueue.CLEAN);
        around.store().flush();
        return new SpreadCore(identity, settings, around, stored, incarnation);
    }

    private static OwnOrigins.Past past(Identity identity, StoredState stored) {
        if (stored.incarnation().isEmpty() && identity.incarnation().isEmpty()) {
            return OwnOrigins.Past.NONE;
        }
        return stored.clean() ? OwnOrigins.Past.CLEAN : OwnOrigins.Past.UNKNOWN;
    }

    /** Makes the records of an own origin equal to the given ones; see the front door. */
    public void reset(int shard, long notBefore, Map<String, ByteString> records) {
        long before = ledger.replica().highest(own.id(shard));
        List<OriginRecord> written = own.reset(shard, notBefore, records, clock.instant());
        push.tell(own.id(shard), written, null);
        if (written.isEmpty() && ledger.replica().highest(own.id(shard)) != before) {
            open(push.targets(null));
        }
        store.flush();
    }

    /** Publishes changes of an own origin; see the front door. */
    public void publish(int shard, long notBefore, Map<String, @Nullable ByteString> changes) {
        push.tell(own.id(shard), own.publish(shard, notBefore, changes, clock.instant()), null);
        store.flush();
    }

    /** Stops writing an own origin; its records stay. */
    public void release(int shard) {
        own.release(shard);
    }

    /** Keeps trying to reach this address. */
    public void join(NodeAddress address) {
        links.seed(address);
        links.dialDue(membership.nodes(), membership.self().id(), clock.instant());
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
        return roster.report(clock.instant());
    }

    /** The state itself, to look at. */
    public Replica replica() {
        return ledger.replica();
    }

    /** How many words of others were not believed so far. */
    public long refused() {
        long sum = 0;
        for (Refusals.Reason reason : Refusals.Reason.values()) {
            sum += refusals.count(reason);
        }
        return sum;
    }

    /** One repair round. Answers how long to wait for the next. */
    public Duration round() {
        Instant now = clock.instant();
        if (!now.isBefore(nextBeat)) {
            nextBeat = now.plus(settings.members().beatInterval());
            membership.beat(HybridTimestamp.ofMillis(now.toEpochMilli()).packed());
            roster.expire(now);
            ledger.purge(now);
        }
        repair.expire(links.all(), now);
        links.closeSilent(settings.linkTimeout(), now);
        for (Link link : links.all()) {
            if (link.connected && link.node == null) {
                greet(link);
            }
        }
        links.dialDue(membership.nodes(), membership.self().id(), now);
        open(push.targets(null));
        roster.tellChanges(now);
        store.flush();
        double jitter = settings.roundJitter() * (random.nextDouble() - 0.5);
        return Duration.ofMillis(Math.max(1, Math.round(settings.roundInterval().toMillis() * (1 + jitter))));
    }

    /** Says goodbye; completes when the store has all. The owner then stops the links. */
    public CompletionStage<Void> stop(Node.Presence how) {
        Node last =
                membership.depart(how, HybridTimestamp.ofMillis(clock.millis()).packed());
        for (Link link : links.established(membership.self().id()).values()) {
            peers.send(link.id, new Frame.Nodes(List.of(last)));
        }
        store.put(StoreQueue.CLEAN, new byte[] {1});
        return store.drain();
    }

    @Override
    public void connected(long id, boolean dialed) {
        Link link = links.connected(id, dialed, clock.instant());
        greet(link);
    }

    @Override
    public void disconnected(long id, String reason) {
        Link link = links.disconnected(id, clock.instant());
        if (link != null) {
            repair.lost(link);
            if (link.node != null) {
                LOG.info("link with {} is gone: {}", link.node, reason);
            } else {
                LOG.debug("link {} with {} was not made: {}", id, link.dialed, reason);
            }
        }
    }

    @Override
    public void malformed(long id, String reason) {
        Link link = links.get(id);
        if (link != null) {
            refusals.refuse(Refusals.Reason.MALFORMED, name(link), reason);
            if (link.node == null) {
                peers.close(id, "malformed");
            }
        }
    }

    @Override
    public void received(long id, Frame frame, int bytes) {
        Link link = links.get(id);
        if (link == null) {
            return;
        }
        Instant now = clock.instant();
        if (frame instanceof Frame.Hello hello) {
            greeted(link, hello, now);
            return;
        }
        if (frame instanceof Frame.Refusal refusal) {
            LOG.warn("{} refuses this cluster: {}", name(link), refusal.reason());
            links.refused(link);
            peers.close(id, "refused");
            return;
        }
        NodeId node = link.node;
        if (node != null) {
            link.lastReceived = now;
            exchange(link, node, frame, now);
            store.flush();
        }
    }

    private void exchange(Link link, NodeId node, Frame frame, Instant now) {
        if (frame instanceof Frame.Push pushed) {
            pushed(link, node, pushed, now);
        } else if (frame instanceof Frame.Opening opening) {
            roster.hear(link, opening.nodes(), now);
            answer(link, opening);
        } else if (frame instanceof Frame.InSync inSync) {
            roster.hear(link, inSync.nodes(), now);
            roster.answered(link, node, inSync.round(), now);
            repair.inSync(link);
        } else if (frame instanceof Frame.Digests digests) {
            roster.hear(link, digests.nodes(), now);
            roster.answered(link, node, digests.round(), now);
            if (repair.compare(link, node, digests.digests(), digests.round() != 0, now)) {
                open(push.targets(null));
            }
        } else if (frame instanceof Frame.Wants wants) {
            repair.give(link, wants);
        } else if (frame instanceof Frame.Deltas deltas) {
            if (repair.take(link, node, deltas, now)) {
                open(push.targets(node));
            }
            roster.tellChanges(now);
        } else if (frame instanceof Frame.Nodes nodes) {
            roster.hear(link, nodes.nodes(), now);
        }
    }

    private void greet(Link link) {
        peers.send(link.id, new Frame.Hello(Frame.VERSION, Frame.OLDEST_VERSION, membership.self()));
    }

    private void greeted(Link link, Frame.Hello hello, Instant now) {
        Node node = hello.node();
        Node self = membership.self();
        if (node.id().equals(self.id()) && node.started() == self.started()) {
            links.isOurselves(link);
            peers.close(link.id, "this is ourselves");
            return;
        }
        String objection = hello.compatible()
                ? roster.objection(node, now)
                : "version " + hello.version() + " is not understood here (expected: " + Frame.OLDEST_VERSION + " to "
                        + Frame.VERSION + ")";
        if (objection != null) {
            refusals.refuse(Refusals.Reason.OTHER_LIFE, node.id().toString(), objection);
            links.refused(link);
            peers.send(link.id, new Frame.Refusal(objection));
            peers.close(link.id, objection);
            return;
        }
        boolean first = link.node == null;
        link.lastReceived = now;
        roster.hear(link, List.of(node), now);
        links.greeted(link, node.id(), self.id());
        if (first && links.get(link.id) != null) {
            LOG.info("linked with {}", node.id());
            // The peer may have missed our first word; without it he takes nothing from us.
            greet(link);
            open(List.of(link));
        }
        roster.tellChanges(now);
    }

    private void pushed(Link link, NodeId node, Frame.Push pushed, Instant now) {
        for (Frame.OriginRecords told : pushed.origins()) {
            OriginId origin = told.origin();
            Ledger.Verdict verdict = ledger.judge(origin, node, now);
            List<OriginRecord> fresh = new ArrayList<>();
            for (OriginRecord record : told.records()) {
                if (verdict == Ledger.Verdict.IGNORE) {
                    break;
                }
                if (ledger.future(record.number(), now)) {
                    ledger.future(origin, record.number(), node);
                    break;
                }
                link.knows(origin, record.number());
                if (verdict == Ledger.Verdict.OURS) {
                    refuseOwn(origin, record, node, now);
                } else if (ledger.push(origin, record, node).outcome() == Merged.Outcome.NEW) {
                    fresh.add(record);
                }
            }
            if (!fresh.isEmpty()) {
                repair.caughtUp(origin, 0);
                push.tell(origin, fresh, node);
            }
        }
        // Where a record did not follow what is held, what is between is fetched at once.
        repair.pull(link, node, now);
    }

    private void refuseOwn(OriginId origin, OriginRecord record, NodeId from, Instant now) {
        if (record.number() > ledger.replica().highest(origin)) {
            refusals.refuse(
                    Refusals.Reason.OWN_ORIGIN,
                    from.toString(),
                    "record " + record.key() + " of " + origin + ", which is written here");
            if (own.outdo(origin, record.number(), now)) {
                open(push.targets(null));
            }
        }
    }

    private void answer(Link link, Frame.Opening opening) {
        List<Node> nodes = roster.untold(link);
        if (opening.root().equals(ledger.replica().root())) {
            repair.inSync(link);
            peers.send(link.id, new Frame.InSync(opening.round(), nodes));
        } else {
            peers.send(
                    link.id, new Frame.Digests(opening.round(), ledger.replica().digests(), nodes));
        }
    }

    private void open(List<Link> chosen) {
        if (chosen.isEmpty()) {
            return;
        }
        ByteString root = ledger.replica().root();
        for (Link link : chosen) {
            link.openedRound = ++rounds;
            link.openedAt = clock.instant();
            peers.send(link.id, new Frame.Opening(link.openedRound, root, roster.untold(link)));
        }
    }

    private static String name(Link link) {
        return link.node == null
                ? "link " + link.id + (link.dialed == null ? "" : " to " + link.dialed)
                : "" + link.node;
    }
}
