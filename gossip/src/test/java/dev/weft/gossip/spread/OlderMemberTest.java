package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.Batch;
import dev.weft.gossip.origin.Delta;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.origin.RecordTree;
import dev.weft.gossip.origin.Want;
import dev.weft.gossip.spread.SimulatedFederation.Sim;
import dev.weft.gossip.transport.PeerListener;
import dev.weft.gossip.transport.SimulatedPeers;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.trust.RecordSigner;
import dev.weft.gossip.wire.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One that is played frame by frame, as its release would, to a federation of so many that newer ways pay. */
@DisplayName("A member of an older release")
class OlderMemberTest {
    private static final ByteString NOTHING = ByteString.fromArray(new byte[32]);

    private final SimulatedFederation federation = new SimulatedFederation(41).lean((sim, news) -> {});
    private final List<Sim> present = federation.acquainted(40, ByteString.fromString("v"));
    private final ClusterIdentity identity = ClusterIdentity.create("old", federation.random::nextBytes);
    private final RecordSigner signer = new RecordSigner(identity);
    private final SimulatedPeers old =
            federation.network.join(SimulatedFederation.address("old"), new PeerIdentity("old", identity.key()));
    private final List<Frame> heard = new ArrayList<>();
    private long link;

    @ParameterizedTest(name = "that speaks version {0}")
    @ValueSource(ints = {2, 3})
    @DisplayName("is told all in frames that it knows, and its records reach everybody")
    void takesPart(int version) {
        old.start(new Listening());
        link = old.dial(SimulatedFederation.address("c0"));
        federation.run(Duration.ofMillis(100));
        Node node = new Node(
                new NodeId("old", SimulatedFederation.address("old")), 1, stamp(), stamp(), Node.Presence.HERE);
        old.send(link, new Frame.Hello(version, 2, signer.sign(node), MemberStatement.founding(identity, stamp())));
        federation.run(Duration.ofMillis(100));
        old.send(link, new Frame.Opening(1, NOTHING, List.of()));
        federation.run(Duration.ofMillis(100));
        assertThat(heard.stream().anyMatch(Frame.Outline.class::isInstance)).isEqualTo(version >= Frame.OUTLINES);
        assertThat(heard.stream()
                        .anyMatch(frame -> frame instanceof Frame.Digests digests
                                && digests.digests().size() == present.size()))
                .isEqualTo(version < Frame.OUTLINES);
        OriginId first = Objects.requireNonNull(
                present.get(0).core.replica().states().iterator().next().id());
        old.send(link, new Frame.Wants(List.of(new Want(first, 0, true))));
        OriginId own = new OriginId("old", 0, 1);
        OriginRecord record = new OriginRecord("k", stamp(), 0, ByteString.fromString("from the old one"));
        RecordTree tree = RecordTree.empty().with(record);
        old.send(
                link,
                new Frame.Push(
                        List.of(new Batch(own, List.of(record), signer.seal(own, record.number(), tree.root())))));
        federation.run(Duration.ofSeconds(5));
        assertThat(heard.stream()
                        .filter(Frame.Deltas.class::isInstance)
                        .flatMap(frame -> ((Frame.Deltas) frame).deltas().stream())
                        .map(Delta::origin))
                .contains(first);
        assertThat(present).allSatisfy(sim -> assertThat(sim.content()).containsEntry("old/0/k", "from the old one"));
    }

    private long stamp() {
        return HybridTimestamp.ofMillis(federation.network.millis()).packed();
    }

    private final class Listening implements PeerListener {
        @Override
        public void connected(long id, boolean dialed, @Nullable PeerIdentity proven) {}

        @Override
        public void received(long id, Frame frame, int bytes) {
            heard.add(frame);
            if (frame instanceof Frame.Opening opening) {
                old.send(id, new Frame.InSync(opening.round(), List.of()));
            }
        }

        @Override
        public void malformed(long id, String reason) {}

        @Override
        public void disconnected(long id, String reason) {}
    }
}
