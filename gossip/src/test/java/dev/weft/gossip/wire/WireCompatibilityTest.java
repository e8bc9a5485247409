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
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bytes of a wire version, recorded once, are what a member of that version sends: a present one must understand
 * them for ever, or raise {@link Frame#OLDEST_VERSION}. A test of a new version gets a new file; the old ones stay. To
 * record one, run the test with {@code -Dweft.wire.record=DIRECTORY}.
 */
@DisplayName("A member of a recorded wire version")
class WireCompatibilityTest {
    private static final List<Integer> VERSIONS = List.of(2, 3);
    /** What a version brought, by the names of the frames. */
    private static final Map<String, Integer> SINCE = Map.of("outline", 3, "digests-of-parts", 3);

    private static final Set<String> COMPRESSED =
            Set.of("frame.deflated", "frame.digests", "frame.hello", "frame.outline", "frame.roll");
    private static final WireBounds BOUNDS = new WireBounds(64 * 1024, 64, 16 * 1024, 63, 16, 100);
    private static final OriginId EAST = new OriginId("east", 3, 99);
    private static final ByteString SEAL = pattern(64);
    private static final ByteString ROOT = pattern(32);
    private static final ClusterIdentity IDENTITY = ClusterIdentity.of("east", new byte[32]);

    private final GossipCodec codec = new GossipCodec(BOUNDS);
    private final StoredForm form = new StoredForm(BOUNDS);

    /** One of each frame, as a version knows them. */
    private static Map<String, Frame> frames(int version) {
        Map<String, Frame> frames = frames();
        frames.keySet().removeIf(name -> SINCE.getOrDefault(name, 2) > version);
        return frames;
    }

    private static Map<String, Frame> frames() {
        Node node = node();
        MemberStatement member = MemberStatement.founding(IDENTITY, 5);
        MemberStatement vouched = MemberStatement.vouching(IDENTITY, "west", IDENTITY.key(), 6);
        Map<String, Frame> frames = new LinkedHashMap<>();
        frames.put("hello", new Frame.Hello(2, 2, node.sealed(SEAL), vouched));
        frames.put("join", new Frame.Join(pattern(16), member));
        frames.put(
                "roll",
                new Frame.Roll(
                        List.of(member, vouched), List.of(Expulsion.of("west", IDENTITY.key(), IDENTITY, 7)), true));
        frames.put("refusal", new Frame.Refusal("no"));
        frames.put("push", new Frame.Push(List.of(new Batch(EAST, records(), SEAL))));
        frames.put("opening", new Frame.Opening(7, ROOT, List.of(node)));
        frames.put("in-sync", new Frame.InSync(7, List.of()));
        frames.put(
                "digests",
                new Frame.Digests(
                        7,
                        List.of(
                                new OriginDigest(EAST, 6, 2),
                                new OriginDigest(EAST, 6, 2, new OriginDigest.Proof(ROOT, SEAL))),
                        List.of(node),
                        ROOT));
        frames.put("wants", new Frame.Wants(List.of(new Want(EAST, 4, true), new Want(EAST, 0, false))));
        frames.put("deltas", new Frame.Deltas(List.of(new Delta(EAST, 4, 9, 2, true, 3, records(), SEAL))));
        frames.put("deflated", new Frame.Deltas(List.of(new Delta(EAST, 4, 99, 2, false, 50, many(), SEAL))));
        frames.put("nodes", new Frame.Nodes(List.of(node)));
        frames.put("outline", new Frame.Outline(7, pattern(Outline.BYTES), List.of(node), ROOT));
        frames.put(
                "digests-of-parts",
                new Frame.Digests(
                        0, List.of(new OriginDigest(EAST, 6, 2)), List.of(), ByteString.emptyByteString(), 1L << 63));
        return frames;
    }

    private static Node node() {
        return new Node(new NodeId("east", new NodeAddress("127.0.0.1", 7001)), 99, 10, 12, Node.Presence.STOPPED);
    }

    private static List<OriginRecord> records() {
        return List.of(new OriginRecord("a", 5, 3, ByteString.fromString("x")), new OriginRecord("b", 6, 5, null));
    }

    private static List<OriginRecord> many() {
        return IntStream.range(0, 50)
                .mapToObj(i -> new OriginRecord(
                        "default/web/" + i, 50 + i, 49 + i, ByteString.fromString("the same payload, again and again")))
                .toList();
    }

    private static ByteString pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i + 1);
        }
        return ByteString.fromArray(bytes);
    }

    static Stream<Arguments> names() {
        return VERSIONS.stream()
                .flatMap(version -> frames(version).keySet().stream().map(name -> Arguments.of(version, name)));
    }

    static Stream<Integer> versions() {
        return VERSIONS.stream();
    }

    @ParameterizedTest(name = "version {0}: {1}")
    @MethodSource("names")
    @DisplayName("is understood in each of its frames")
    void understood(int version, String name) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(recorded(version).getProperty("frame." + name));
        assertThat(codec.decode(bytes)).isEqualTo(new Decoded.Understood(Objects.requireNonNull(frames().get(name))));
    }

    @ParameterizedTest(name = "version {0}")
    @MethodSource("versions")
    @DisplayName("left a store that is read as it was written")
    void stored(int version) throws IOException {
        Properties recorded = recorded(version);
        assertThat(form.node(bytes(recorded, "stored.node"))).contains(node().sealed(SEAL));
        assertThat(form.record(bytes(recorded, "stored.record")))
                .contains(records().get(0));
        assertThat(form.origin(bytes(recorded, "stored.origin"))).contains(new StoredForm.OriginMark(EAST, 6, 2, SEAL));
        assertThat(form.member(bytes(recorded, "stored.member"))).contains(MemberStatement.founding(IDENTITY, 5));
        assertThat(form.expulsion(bytes(recorded, "stored.expulsion")))
                .contains(Expulsion.of("west", IDENTITY.key(), IDENTITY, 7));
    }

    @ParameterizedTest(name = "version {0}")
    @MethodSource("versions")
    @DisplayName("is covered whole: every kind of frame is recorded, and the signatures in them hold still")
    void whole(int version) throws IOException {
        assertThat(VERSIONS)
                .as("the present version and all that it understands")
                .contains(Frame.VERSION, Frame.OLDEST_VERSION);
        assertThat(frames(Frame.VERSION).values().stream()
                        .map(Object::getClass)
                        .distinct()
                        .toList())
                .containsAll(Arrays.asList(Frame.class.getPermittedSubclasses()));
        assertThat(frames(version).keySet())
                .allSatisfy(name -> assertThat(recorded(version).getProperty("frame." + name))
                        .as("%s is in the recording of version %d", name, version)
                        .isNotNull());
        Decoded decoded = codec.decode(bytes(recorded(version), "frame.join"));
        Frame.Join join = (Frame.Join) ((Decoded.Understood) decoded).frame();
        assertThat(join.member().signedBy(IDENTITY.key())).isTrue();
    }

    @ParameterizedTest(name = "one that speaks {0} and understands {1} and later: {2}")
    @CsvSource({"2, 2, true", "3, 2, true", "3, 3, true", "9, 2, true", "4, 4, false", "1, 1, false", "2, 1, true"})
    @DisplayName("and a present one talk where each understands what the other speaks, and say so where not")
    void negotiation(int speaks, int oldest, boolean compatible) {
        assertThat(new Frame.Hello(speaks, oldest, node(), MemberStatement.founding(IDENTITY, 5)).compatible())
                .isEqualTo(compatible);
    }

    @Test
    @DisplayName("skips a field that a later one added")
    void laterField() throws IOException {
        byte[] nodes = bytes(recorded(Frame.VERSION), "frame.nodes");
        byte[] later = Arrays.copyOf(nodes, nodes.length + 4);
        // Field 1000 as a number: two bytes of tag with wire type 0, then the value.
        later[nodes.length] = (byte) 0xc0;
        later[nodes.length + 1] = 0x3e;
        later[nodes.length + 2] = 0x2a;
        assertThat(codec.decode(Arrays.copyOf(later, nodes.length + 3)))
                .isEqualTo(new Decoded.Understood(Objects.requireNonNull(frames().get("nodes"))));
    }

    /** Where this fails the wire has changed: new fields are for a new version only, and with a recording of its own. */
    @ParameterizedTest(name = "version {0}")
    @MethodSource("versions")
    @DisplayName("hears from a present one the very bytes that it would send itself")
    void sent(int version) throws IOException {
        Map<String, String> all = new TreeMap<>();
        frames(version).forEach((name, frame) -> all.put("frame." + name, hex(codec.encode(frame))));
        all.put("stored.node", hex(form.node(node().sealed(SEAL))));
        all.put("stored.record", hex(form.record(records().get(0))));
        all.put("stored.origin", hex(form.origin(EAST, 6, 2, SEAL)));
        all.put("stored.member", hex(form.member(MemberStatement.founding(IDENTITY, 5))));
        all.put("stored.expulsion", hex(form.expulsion(Expulsion.of("west", IDENTITY.key(), IDENTITY, 7))));
        if (version == Frame.VERSION) {
            record(all);
        }
        // How well it compresses is the runtime's affair.
        COMPRESSED.forEach(all::remove);
        Properties recorded = recorded(version);
        assertThat(all).allSatisfy((key, bytes) -> assertThat(bytes).isEqualTo(recorded.getProperty(key)));
    }

    private static void record(Map<String, String> all) throws IOException {
        String directory = System.getProperty("weft.wire.record");
        if (directory != null) {
            StringBuilder text =
                    new StringBuilder("# What a member of wire version " + Frame.VERSION + " sends and stores.\n");
            all.forEach(
                    (key, value) -> text.append(key).append('=').append(value).append('\n'));
            Files.writeString(
                    Path.of(directory, "version-" + Frame.VERSION + ".properties"), text, StandardCharsets.UTF_8);
        }
    }

    private static byte[] bytes(Properties recorded, String key) {
        return HexFormat.of().parseHex(Objects.requireNonNull(recorded.getProperty(key), key));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static Properties recorded(int version) throws IOException {
        String file = "/wire/version-" + version + ".properties";
        Properties properties = new Properties();
        try (InputStream in = WireCompatibilityTest.class.getResourceAsStream(file)) {
            properties.load(Objects.requireNonNull(in, file));
        }
        return properties;
    }
}
