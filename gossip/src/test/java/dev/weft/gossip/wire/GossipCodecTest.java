package dev.weft.gossip.wire;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.Batch;
import dev.weft.gossip.origin.Delta;
import dev.weft.gossip.origin.OriginDigest;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.origin.Outline;
import dev.weft.gossip.origin.Want;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.Expulsion;
import dev.weft.gossip.trust.MemberStatement;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The codec")
class GossipCodecTest {
    private static final WireBounds BOUNDS = new WireBounds(64 * 1024, 64, 16 * 1024, 63, 16, 100);
    private static final OriginId EAST = new OriginId("east", 3, 99);
    private static final OriginRecord LIVE = new OriginRecord("a", 5, 3, ByteString.fromString("x"));
    private static final OriginRecord GONE = new OriginRecord("b", 6, 5, null);

    private static final ByteString SEAL = ByteString.fromArray(new byte[64]);
    private static final ByteString ROOT = ByteString.fromArray(new byte[32]);
    private static final ClusterIdentity IDENTITY = ClusterIdentity.of("east", new byte[32]);

    private final GossipCodec codec = new GossipCodec(BOUNDS);

    static Stream<Frame> frames() {
        Node node = new Node(new NodeId("east", new NodeAddress("127.0.0.1", 7001)), 99, 10, 12, Node.Presence.STOPPED);
        MemberStatement member = MemberStatement.founding(IDENTITY, 5);
        MemberStatement vouched = MemberStatement.vouching(IDENTITY, "west", IDENTITY.key(), 6);
        Expulsion expulsion = Expulsion.of("west", IDENTITY.key(), IDENTITY, 7);
        return Stream.of(
                new Frame.Hello(1, 1, node.sealed(SEAL), vouched),
                new Frame.Join(ByteString.fromArray(new byte[16]), member),
                new Frame.Roll(List.of(member, vouched), List.of(expulsion), true),
                new Frame.Refusal("no"),
                new Frame.Push(List.of(new Batch(EAST, List.of(LIVE, GONE), SEAL))),
                new Frame.Opening(7, ByteString.fromArray(new byte[32]), List.of(node)),
                new Frame.InSync(7, List.of()),
                new Frame.Digests(
                        7,
                        List.of(
                                new OriginDigest(EAST, 6, 2),
                                new OriginDigest(EAST, 6, 2, new OriginDigest.Proof(ROOT, SEAL))),
                        List.of(node),
                        ROOT),
                new Frame.Digests(
                        0, List.of(new OriginDigest(EAST, 6, 2)), List.of(), ByteString.emptyByteString(), -3),
                new Frame.Outline(7, ByteString.fromArray(new byte[Outline.BYTES]), List.of(node), ROOT),
                new Frame.Wants(List.of(new Want(EAST, 4, true), new Want(EAST, 0, false))),
                new Frame.Deltas(List.of(new Delta(EAST, 4, 9, 2, true, 3, List.of(LIVE, GONE), SEAL))),
                new Frame.Wants(List.of(), 5, 12),
                new Frame.Deltas(List.of(), 5, true),
                new Frame.Nodes(List.of(node)));
    }

    @ParameterizedTest
    @MethodSource("frames")
    @DisplayName("reads what it wrote")
    void roundTrip(Frame frame) {
        assertThat(codec.decode(codec.encode(frame))).isEqualTo(new Decoded.Understood(frame));
    }

    @Test
    @DisplayName("knows every frame there is")
    void isComplete() {
        assertThat(frames().map(Object::getClass).toList())
                .containsAll(Arrays.asList(Frame.class.getPermittedSubclasses()));
    }

    @Test
    @DisplayName("refuses random, flipped, cut and joined bytes without an exception")
    void survivesFuzz() {
        List<byte[]> seeds = frames().map(codec::encode).toList();
        SplittableRandom random = new SplittableRandom(11);
        int malformed = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = mutate(seeds.get(random.nextInt(seeds.size())), random);
            malformed += codec.decode(bytes) instanceof Decoded.Malformed ? 1 : 0;
        }
        assertThat(malformed).isBetween(5_000, 49_999);
    }

    @Test
    @DisplayName("refuses what is beyond the bounds")
    void bounded() {
        assertMalformed(new Frame.Push(List.of(
                new Batch(EAST, List.of(new OriginRecord("k".repeat(65), 1, 0, null)), SEAL))));
        assertMalformed(new Frame.Push(List.of(new Batch(
                EAST, List.of(new OriginRecord("k", 1, 0, ByteString.fromArray(new byte[16 * 1024 + 1]))), SEAL))));
        assertMalformed(new Frame.Wants(
                IntStream.range(0, 101).mapToObj(i -> new Want(EAST, i, false)).toList()));
        assertMalformed(new Frame.Wants(List.of(new Want(new OriginId("east", 16, 1), 0, false))));
        assertMalformed(new Frame.Wants(List.of(new Want(new OriginId("e".repeat(64), 1, 1), 0, false))));
        assertMalformed(new Frame.Opening(1, ByteString.fromArray(new byte[31]), List.of()));
        assertMalformed(new Frame.Outline(1, ByteString.fromArray(new byte[Outline.BYTES - 4]), List.of(), ROOT));
        assertThat(codec.decode(new byte[64 * 1024 + 1])).isInstanceOf(Decoded.Malformed.class);
        assertThat(codec.decode(new byte[0])).isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    @DisplayName("compresses frames that gain by it, and inflates no further than a frame may be long")
    void compresses() {
        List<OriginRecord> records = IntStream.rangeClosed(1, 50)
                .mapToObj(i -> new OriginRecord(
                        "namespace/service-" + i,
                        1_000 + i,
                        999 + i,
                        ByteString.fromString("{\"address\":\"10.0.0." + i + "\",\"ready\":true}")))
                .toList();
        Frame push = new Frame.Push(List.of(new Batch(EAST, records, SEAL)));
        byte[] bytes = codec.encode(push);
        int plain = records.stream().mapToInt(record -> record.bytes()).sum();
        assertThat(bytes.length).isLessThan(plain * 2 / 3);
        assertThat(codec.decode(bytes)).isEqualTo(new Decoded.Understood(push));
        byte[] bomb = bomb(10_000_000, 10_000_000);
        assertThat(codec.decode(bomb).toString()).contains("inflated frame");
        assertThat(codec.decode(bomb(60_000, 60_000)).toString()).contains("times what came");
        assertThat(codec.decode(bomb(3_000, 60_000))).isInstanceOf(Decoded.Malformed.class);
        assertThat(codec.decode(bomb(4_000, 3_000))).isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    @DisplayName("tells one change of 250 bytes that do not compress in at most 512, with a signature of its own")
    void costOfAChange() {
        byte[] payload = new byte[250];
        new SplittableRandom(1).nextBytes(payload);
        OriginRecord record = new OriginRecord(
                "EndpointSlice/shop/cart-x7k2p",
                1_900_000_000_000L << 20,
                (1_900_000_000_000L << 20) - 9,
                ByteString.fromArray(payload));
        int bytes = codec.encode(new Frame.Push(List.of(new Batch(EAST, List.of(record), SEAL)))).length;
        System.out.println(
                "one change of 250 bytes: " + bytes + " bytes in a frame, its 64 of signature not amortised");
        assertThat(bytes).isLessThanOrEqualTo(512);
    }

    /** Zeros that say to be of some length. */
    private static byte[] bomb(int length, int zeros) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(new byte[zeros]);
        deflater.finish();
        byte[] compressed = new byte[zeros];
        int size = deflater.deflate(compressed);
        deflater.end();
        return dev.weft.gossip.wire.proto.Frame.newBuilder()
                .setDeflated(dev.weft.gossip.wire.proto.Deflated.newBuilder()
                        .setLength(length)
                        .setBytes(com.google.protobuf.ByteString.copyFrom(compressed, 0, size)))
                .build()
                .toByteArray();
    }

    private void assertMalformed(Frame frame) {
        assertThat(codec.decode(codec.encode(frame))).isInstanceOf(Decoded.Malformed.class);
    }

    private static byte[] mutate(byte[] seed, SplittableRandom random) {
        byte[] bytes = Arrays.copyOf(seed, random.nextInt(4) == 0 ? random.nextInt(seed.length + 40) : seed.length);
        for (int flips = random.nextInt(1, 6); flips > 0 && bytes.length > 0; flips--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }
}
