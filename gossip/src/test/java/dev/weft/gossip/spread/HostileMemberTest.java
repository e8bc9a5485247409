package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.Delta;
import dev.weft.gossip.origin.OriginDigest;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.spread.SimulatedFederation.Disk;
import dev.weft.gossip.spread.SimulatedFederation.Sim;
import dev.weft.gossip.transport.PeerListener;
import dev.weft.gossip.transport.SimulatedPeers;
import dev.weft.gossip.wire.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A hostile member")
class HostileMemberTest {
    private final SimulatedFederation federation = new SimulatedFederation(1);
    private final Sim east = federation.start("east", new Disk());
    private final SimulatedPeers evil = federation.network.join(SimulatedFederation.address("evil"));
    private final List<Frame> heard = new ArrayList<>();
    private long link;
    private OriginId own = new OriginId("east", 0, 0);

    @BeforeEach
    void begin() {
        east.core.reset(0, 0, Map.of("k", ByteString.fromString("true")));
        own = east.core.replica().states().iterator().next().id();
        evil.start(new Listening());
        link = evil.dial(SimulatedFederation.address("east"));
        federation.run(Duration.ofMillis(10));
        introduce("evil");
        federation.run(Duration.ofMillis(10));
    }

    @Test
    @DisplayName("cannot write an origin of another, by push or by delta")
    void forgesOwnOrigin() {
        long number = stamp(1_000);
        OriginRecord forged =
                new OriginRecord("k", number, east.core.replica().highest(own), ByteString.fromString("false"));
        evil.send(link, push(own, forged));
        OriginId other = new OriginId("east", 5, own.incarnation());
        evil.send(link, push(other, new OriginRecord("x", number, 0, ByteString.fromString("false"))));
        evil.send(link, new Frame.Deltas(List.of(new Delta(own, 0, number, 0, true, 0, List.of(forged)))));
        federation.run(Duration.ofSeconds(2));
        assertThat(east.content()).containsOnly(Map.entry("east/0/k", "true"));
        assertThat(east.core.refused()).isPositive();
    }

    @Test
    @DisplayName("cannot spread stamps of the future, nor push the numbers of another there")
    void comesFromTheFuture() {
        OriginId its = new OriginId("evil", 0, 1);
        evil.send(link, push(its, new OriginRecord("x", stamp(61_000), 0, ByteString.fromString("x"))));
        evil.send(link, new Frame.Digests(1, List.of(new OriginDigest(own, Long.MAX_VALUE, 0)), List.of()));
        federation.run(Duration.ofSeconds(2));
        assertThat(east.content()).containsOnlyKeys("east/0/k");
        assertThat(east.core.replica().highest(own)).isLessThan(stamp(0));
        assertThat(east.core.refused()).isEqualTo(2);
    }

    @Test
    @DisplayName("cannot be a second cluster of the name, and is told so")
    void takesAName() {
        SimulatedPeers twin = federation.network.join(SimulatedFederation.address("twin"));
        twin.start(new Listening());
        link = twin.dial(SimulatedFederation.address("east"));
        federation.run(Duration.ofMillis(10));
        heard.clear();
        Node node = new Node(
                new NodeId("east", SimulatedFederation.address("twin")), 5, stamp(0), stamp(0), Node.Presence.HERE);
        twin.send(link, new Frame.Hello(1, 1, node));
        federation.run(Duration.ofMillis(10));
        assertThat(heard)
                .anyMatch(frame -> frame instanceof Frame.Refusal refusal
                        && refusal.reason().contains("cluster east is here already"));
    }

    @Test
    @DisplayName("gains nothing by records of an earlier life of a cluster")
    void replaysOldLives() {
        OriginId second = new OriginId("other", 0, 2);
        evil.send(link, push(second, new OriginRecord("new", stamp(-1_000), 0, ByteString.fromString("x"))));
        federation.run(Duration.ofMillis(10));
        evil.send(
                link,
                push(new OriginId("other", 0, 1), new OriginRecord("old", stamp(-500), 0, ByteString.fromString("x"))));
        federation.run(Duration.ofSeconds(1));
        assertThat(east.content()).containsOnlyKeys("east/0/k", "other/0/new");
    }

    private void introduce(String cluster) {
        Node node = new Node(
                new NodeId(cluster, SimulatedFederation.address("evil")), 1, stamp(0), stamp(0), Node.Presence.HERE);
        evil.send(link, new Frame.Hello(1, 1, node));
    }

    private long stamp(long aheadMillis) {
        return HybridTimestamp.ofMillis(federation.network.millis() + aheadMillis)
                .packed();
    }

    private static Frame push(OriginId origin, OriginRecord record) {
        return new Frame.Push(List.of(new Frame.OriginRecords(origin, List.of(record))));
    }

    private final class Listening implements PeerListener {
        @Override
        public void connected(long id, boolean dialed) {}

        @Override
        public void received(long id, Frame frame, int bytes) {
            heard.add(frame);
        }

        @Override
        public void malformed(long id, String reason) {}

        @Override
        public void disconnected(long id, String reason) {}
    }
}
