package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.member.Status;
import dev.weft.gossip.origin.Batch;
import dev.weft.gossip.origin.Delta;
import dev.weft.gossip.origin.OriginDigest;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.origin.OriginState;
import dev.weft.gossip.origin.RecordTree;
import dev.weft.gossip.spread.SimulatedFederation.Sim;
import dev.weft.gossip.transport.PeerListener;
import dev.weft.gossip.transport.SimulatedPeers;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.Expulsion;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.trust.RecordSigner;
import dev.weft.gossip.trust.VerifyKey;
import dev.weft.gossip.wire.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A hostile member")
class HostileMemberTest {
    private static final ByteString NO_SEAL = ByteString.emptyByteString();

    private final SimulatedFederation federation = new SimulatedFederation(1);
    private final Sim east = federation.start("east", new SimulatedDisk());
    private final Sim other = federation.start("other", new SimulatedDisk(), "east");
    private final ClusterIdentity identity = ClusterIdentity.create("evil", federation.random::nextBytes);
    private final RecordSigner signer = new RecordSigner(identity);
    private final SimulatedPeers evil =
            federation.network.join(SimulatedFederation.address("evil"), new PeerIdentity("evil", identity.key()));
    private final List<Frame> heard = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private long link;
    private OriginId own = new OriginId("east", 0, 0);
    private OriginId others = own;

    @BeforeEach
    void begin() {
        east.core.reset(0, 0, Map.of("k", ByteString.fromString("true")));
        other.core.reset(0, 0, Map.of("o", ByteString.fromString("true")));
        evil.start(new Listening());
        link = evil.dial(SimulatedFederation.address("east"));
        federation.run(Duration.ofMillis(10));
        introduce();
        federation.run(Duration.ofSeconds(1));
        own = origin("east");
        others = origin("other");
    }

    @Test
    @DisplayName("cannot write an origin of another, by push, by delta or by digest, and is reported by name")
    void forges() {
        long number = stamp(1_000);
        for (OriginId origin : List.of(own, others)) {
            long before = east.core.replica().highest(origin);
            OriginRecord forged = new OriginRecord("k", number, before, ByteString.fromString("false"));
            for (ByteString seal : List.of(
                    NO_SEAL,
                    sealOf(origin),
                    signer.seal(origin, number, sealOf(origin).take(32)))) {
                evil.send(link, new Frame.Push(List.of(new Batch(origin, List.of(forged), seal))));
                evil.send(
                        link,
                        new Frame.Deltas(List.of(new Delta(origin, 0, number, 0, true, 0, List.of(forged), seal))));
                evil.send(
                        link,
                        new Frame.Deltas(List.of(new Delta(origin, before, number, 0, false, 0, List.of(), seal))));
            }
        }
        OriginId fifth = new OriginId("other", 5, others.incarnation());
        evil.send(link, push(fifth, new OriginRecord("x", number, 0, ByteString.fromString("false")), NO_SEAL));
        federation.run(Duration.ofSeconds(2));
        assertUnharmed();
        assertThat(rejected()).containsKeys("FORGED", "OWN_ORIGIN");
    }

    @Test
    @DisplayName("gains nothing by saying again what another said, whole or changed")
    void replays() {
        OriginState held = Objects.requireNonNull(east.core.replica().get(others));
        OriginRecord record = held.live().get(0);
        Batch old = new Batch(others, List.of(record), held.seal());
        other.put(0, "o", "newer");
        federation.run(Duration.ofSeconds(1));
        evil.send(link, new Frame.Push(List.of(old)));
        evil.send(
                link,
                new Frame.Deltas(
                        List.of(new Delta(others, 0, record.number(), 0, true, 0, List.of(record), held.seal()))));
        federation.run(Duration.ofSeconds(1));
        assertThat(east.content()).containsEntry("other/0/o", "newer");
        long before = east.core.refused();
        OriginRecord changed = new OriginRecord("o", stamp(10), record.number(), ByteString.fromString("false"));
        evil.send(link, push(others, changed, old.seal()));
        federation.run(Duration.ofSeconds(1));
        assertThat(east.content()).containsEntry("other/0/o", "newer");
        assertThat(east.core.refused()).isGreaterThanOrEqualTo(before);
    }

    @Test
    @DisplayName("cannot spread stamps of the future, nor push the numbers of another there")
    void comesFromTheFuture() {
        OriginId its = new OriginId("evil", 0, 1);
        evil.send(link, push(its, new OriginRecord("x", stamp(61_000), 0, ByteString.fromString("x")), NO_SEAL));
        long before = east.core.replica().highest(own);
        evil.send(
                link,
                new Frame.Digests(
                        1,
                        List.of(
                                new OriginDigest(own, Long.MAX_VALUE, 0),
                                new OriginDigest(own, stamp(30_000), 0),
                                new OriginDigest(
                                        own,
                                        stamp(30_000),
                                        0,
                                        new OriginDigest.Proof(sealOf(own).take(32), sealOf(own)))),
                        List.of(),
                        ByteString.emptyByteString()));
        federation.run(Duration.ofSeconds(2));
        assertUnharmed();
        assertThat(east.core.replica().highest(own)).isEqualTo(before);
        assertThat(east.core.refused()).isPositive();
    }

    @Test
    @DisplayName("cannot be a second cluster of the name, and is told so")
    void takesAName() {
        ClusterIdentity second = ClusterIdentity.create("east", federation.random::nextBytes);
        SimulatedPeers twin =
                federation.network.join(SimulatedFederation.address("twin"), new PeerIdentity("east", second.key()));
        twin.start(new Listening());
        link = twin.dial(SimulatedFederation.address("east"));
        federation.run(Duration.ofMillis(10));
        heard.clear();
        Node node = new Node(
                new NodeId("east", SimulatedFederation.address("twin")), 5, stamp(0), stamp(0), Node.Presence.HERE);
        twin.send(
                link,
                new Frame.Hello(2, 2, new RecordSigner(second).sign(node), MemberStatement.founding(second, stamp(0))));
        federation.run(Duration.ofMillis(10));
        assertRefusal("cluster east is here already");
        heard.clear();
        link = evil.dial(SimulatedFederation.address("east"));
        federation.run(Duration.ofMillis(10));
        evil.send(
                link,
                new Frame.Hello(2, 2, new RecordSigner(second).sign(node), MemberStatement.founding(second, stamp(0))));
        federation.run(Duration.ofMillis(10));
        assertRefusal("the certificate is of evil");
    }

    @Test
    @DisplayName("cannot say that another left, was born again or is out, nor that its name has another key")
    void speaksForAnother() {
        NodeId victim = new NodeId("other", SimulatedFederation.address("other"));
        for (Node.Presence presence : Node.Presence.values()) {
            Node lie = new Node(victim, others.incarnation() + 1, stamp(0), stamp(0), presence);
            evil.send(link, new Frame.Nodes(List.of(lie, signer.sign(lie))));
        }
        ClusterIdentity mine = ClusterIdentity.create("other", federation.random::nextBytes);
        ClusterIdentity stranger = ClusterIdentity.create("stranger", federation.random::nextBytes);
        evil.send(
                link,
                new Frame.Roll(
                        List.of(
                                MemberStatement.founding(mine, stamp(0)),
                                MemberStatement.vouching(identity, "other", mine.key(), stamp(0)),
                                MemberStatement.vouching(mine, "east", mine.key(), stamp(0))),
                        List.of(
                                Expulsion.of("other", key("other"), stranger, stamp(0)),
                                new Expulsion(
                                        "other",
                                        key("other"),
                                        1,
                                        "evil",
                                        identity.key(),
                                        ByteString.fromArray(new byte[64]))),
                        true));
        federation.run(Duration.ofSeconds(2));
        assertUnharmed();
        assertThat(east.status("other")).isEqualTo(Status.ALIVE);
        assertThat(rejected()).containsKeys("FORGED", "STRANGER");
    }

    @Test
    @DisplayName("gains nothing by records of an earlier life of a cluster")
    void replaysOldLives() {
        OriginId second = new OriginId("evil", 0, 1);
        evil.send(link, sealed(second, new OriginRecord("new", stamp(-1_000), 0, ByteString.fromString("x"))));
        federation.run(Duration.ofMillis(10));
        evil.send(
                link,
                sealed(
                        new OriginId("evil", 0, 1),
                        new OriginRecord("old", stamp(-500), 0, ByteString.fromString("x"))));
        federation.run(Duration.ofSeconds(1));
        assertThat(east.content()).containsOnlyKeys("east/0/k", "other/0/o", "evil/0/new");
    }

    @Test
    @DisplayName("is slowed and then cut when it floods, with good frames or with bad ones")
    void floods() {
        Frame.Nodes idle = new Frame.Nodes(List.of());
        for (int i = 0; i < 60; i++) {
            for (int j = 0; j < 1_200; j++) {
                evil.send(link, idle);
            }
            federation.run(Duration.ofMillis(100));
        }
        assertThat(ended).isNotEmpty();
        assertThat(east.core.stats().peers().stream()
                        .filter(peer -> peer.member().cluster().equals("evil"))
                        .findFirst()
                        .orElseThrow()
                        .rejected())
                .containsKey("FLOOD");
        assertUnharmed();
        assertThat(other.status("east")).isEqualTo(Status.ALIVE);
    }

    private void assertUnharmed() {
        for (Sim sim : List.of(east, other)) {
            assertThat(sim.content()).containsOnly(Map.entry("east/0/k", "true"), Map.entry("other/0/o", "true"));
        }
    }

    private void assertRefusal(String words) {
        assertThat(heard)
                .anyMatch(frame -> frame instanceof Frame.Refusal refusal
                        && refusal.reason().contains(words));
    }

    private Map<String, Long> rejected() {
        return east.core.stats().peers().stream()
                .filter(peer -> peer.member().cluster().equals("evil"))
                .findFirst()
                .orElseThrow()
                .rejected();
    }

    private OriginId origin(String cluster) {
        return east.core.replica().states().stream()
                .map(OriginState::id)
                .filter(id -> id.cluster().equals(cluster))
                .findFirst()
                .orElseThrow();
    }

    private VerifyKey key(String cluster) {
        return heard.stream()
                .filter(Frame.Roll.class::isInstance)
                .flatMap(frame -> ((Frame.Roll) frame).members().stream())
                .filter(member -> member.cluster().equals(cluster))
                .findFirst()
                .orElseThrow()
                .key();
    }

    private ByteString sealOf(OriginId origin) {
        return Objects.requireNonNull(east.core.replica().get(origin)).seal();
    }

    private void introduce() {
        Node node = new Node(
                new NodeId("evil", SimulatedFederation.address("evil")), 1, stamp(0), stamp(0), Node.Presence.HERE);
        evil.send(link, new Frame.Hello(2, 2, signer.sign(node), MemberStatement.founding(identity, stamp(0))));
        evil.send(link, new Frame.Roll(List.of(), List.of(), true));
    }

    private long stamp(long aheadMillis) {
        return HybridTimestamp.ofMillis(federation.network.millis() + aheadMillis)
                .packed();
    }

    private static Frame push(OriginId origin, OriginRecord record, ByteString seal) {
        return new Frame.Push(List.of(new Batch(origin, List.of(record), seal)));
    }

    private Frame sealed(OriginId origin, OriginRecord record) {
        RecordTree tree = RecordTree.empty().with(record);
        return push(origin, record, signer.seal(origin, record.number(), tree.root()));
    }

    private final class Listening implements PeerListener {
        @Override
        public void connected(long id, boolean dialed, @Nullable PeerIdentity proven) {}

        @Override
        public void received(long id, Frame frame, int bytes) {
            heard.add(frame);
        }

        @Override
        public void malformed(long id, String reason) {}

        @Override
        public void disconnected(long id, String reason) {
            ended.add(reason);
        }
    }
}
