package dev.weft.registry.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.persistence.serialization.Snapshot;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.shard.ShardState;
import dev.weft.registry.watch.ResourceStamp;
import dev.weft.registry.watch.ResourceTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A snapshot of a shard")
class SnapshotFormTest {
    private static final int PART = 8_192;
    private static final ActorTestKit KIT =
            ActorTestKit.create(ConfigFactory.parseString("""
                    akka.actor.serializers.weft-registry = "dev.weft.registry.wire.RegistrySerializer"
                    akka.actor.serialization-bindings."dev.weft.registry.shard.ShardState" = weft-registry
                    """).withFallback(ConfigFactory.load()));

    private static Serialization serialization;

    @BeforeAll
    static void start() {
        serialization = SerializationExtension.get(KIT.system());
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static ShardState state(int objects) {
        List<Resource> all = new ArrayList<>();
        for (int i = 1; i <= objects; i++) {
            ObjectNode tree = JsonNodeFactory.instance.objectNode();
            tree.put("data", "x".repeat(i % 600)).putObject("metadata").put("uid", "uid-" + i);
            all.add(ResourceStamp.of(new ResourceKey(new ResourceType("", "configmaps"), "default", "c" + i), tree, i));
        }
        return new ShardState(ResourceTree.of(all), objects, objects + 7L);
    }

    private static Object read(byte[] head, List<byte[]> parts) throws IOException {
        return SnapshotForm.read(serialization, head, part -> part < parts.size() ? parts.get(part) : null);
    }

    private static void assertSame(Object read, ShardState state) {
        assertThat(read).isInstanceOfSatisfying(ShardState.class, found -> {
            assertThat(found.objects().all())
                    .containsExactlyElementsOf(state.objects().all());
            assertThat(found.version()).isEqualTo(state.version());
            assertThat(found.clockFloor()).isEqualTo(state.clockFloor());
        });
    }

    private static List<byte[]> all(SnapshotForm.Parts parts) {
        List<byte[]> written = new ArrayList<>();
        for (Optional<byte[]> part = parts.next(); part.isPresent(); part = parts.next()) {
            written.add(part.get());
        }
        return written;
    }

    @Test
    @DisplayName("is written and read in parts of bounded size")
    void inParts() throws IOException {
        for (int objects : new int[] {0, 1, 500}) {
            ShardState state = state(objects);
            SnapshotForm.Parts parts = SnapshotForm.parts(serialization, state, PART);
            List<byte[]> written = all(parts);

            assertThat(written).allMatch(part -> part.length < 2 * PART);
            assertThat(written).hasSizeGreaterThan(objects / 30);
            assertSame(read(parts.head(), written), state);
        }
    }

    @Test
    @DisplayName("that an older release wrote, in Akka's form and in one piece, is read")
    void inOnePiece() throws IOException {
        ShardState state = state(300);
        byte[] whole = serialization.serialize(new Snapshot(state)).get();
        CRC32C sum = new CRC32C();
        sum.update(whole);
        byte[] head = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(whole.length)
                .putLong(sum.getValue())
                .array();

        assertSame(read(head, List.of(whole)), state);
    }

    @Test
    @DisplayName("of another kind of value goes through Akka's form")
    void otherValues() throws IOException {
        SnapshotForm.Parts parts = SnapshotForm.parts(serialization, "a text", PART);
        List<byte[]> written = all(parts);

        assertThat(read(parts.head(), written)).isEqualTo("a text");
    }

    @Test
    @DisplayName("that lost a part, or any bit, is found damaged, and nothing of it is used")
    void damage() {
        SnapshotForm.Parts parts = SnapshotForm.parts(serialization, state(200), PART);
        List<byte[]> written = all(parts);
        byte[] head = parts.head();

        assertThatThrownBy(() -> read(head, written.subList(0, written.size() - 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("part " + (written.size() - 1) + " is missing");
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] part = written.get(random.nextInt(written.size()));
            int at = random.nextInt(part.length);
            byte bit = (byte) (1 << random.nextInt(8));
            part[at] ^= bit;
            assertThatThrownBy(() -> read(head, written))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("checksum");
            part[at] ^= bit;
        }
    }
}
