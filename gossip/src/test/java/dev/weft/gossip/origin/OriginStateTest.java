package dev.weft.gossip.origin;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The state of an origin")
class OriginStateTest {
    private static final OriginId EAST = new OriginId("east", 0, 7);
    /** Stands in for a signature: says what was sealed. */
    private static final Sealer SEALER =
            (origin, number, root) -> root.concat(ByteString.fromString(origin + "#" + number));

    private static final SealCheck CHECK =
            (origin, number, root, seal) -> SEALER.seal(origin, number, root).equals(seal);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    @DisplayName(
            "comes out the same however pushes and deltas are lost, doubled, reordered and cut, among many replicas")
    void mergeLaws(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        OriginState source = new OriginState(EAST);
        List<OriginState> replicas = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            replicas.add(new OriginState(EAST));
        }
        List<Batch> pushed = new ArrayList<>();
        List<Delta> deltas = new ArrayList<>();
        for (int step = 0; step < 600; step++) {
            OriginState replica = replicas.get(random.nextInt(replicas.size()));
            switch (random.nextInt(5)) {
                case 0 -> pushed.add(change(source, random));
                case 1 -> {
                    if (!pushed.isEmpty()) {
                        assertThat(replica.push(pushed.get(random.nextInt(pushed.size())), 1, CHECK)
                                        .outcome())
                                .isNotEqualTo(Merged.Outcome.FORGED);
                    }
                }
                case 2 -> {
                    OriginState from = random.nextBoolean() ? source : replicas.get(random.nextInt(replicas.size()));
                    if (from.highest() > replica.highest()) {
                        deltas.add(from.after(replica.want(1), random.nextInt(1, 400)));
                    }
                }
                case 3 -> {
                    if (!deltas.isEmpty()) {
                        // Pieces of different times and replicas, mixed as no link mixes them: refused at worst.
                        replica.merge(deltas.get(random.nextInt(deltas.size())), 1, CHECK);
                    }
                }
                default -> {
                    if (random.nextInt(10) == 0) {
                        source.purge(source.highest() - random.nextInt(200));
                    }
                }
            }
        }
        for (OriginState replica : replicas) {
            catchUp(replica, source);
            assertThat(StateHash.content(List.of(replica)))
                    .as("seed %s", seed)
                    .isEqualTo(StateHash.content(List.of(source)));
        }
    }

    @Test
    @DisplayName("never brings a tombstone back to life by an old word")
    void tombstonesHold() {
        OriginState source = new OriginState(EAST);
        Batch born = write(source, "k", "1", 10);
        OriginState old = new OriginState(EAST);
        old.push(born, 1, CHECK);
        write(source, "k", null, 20);
        OriginState replica = new OriginState(EAST);
        catchUp(replica, source);
        assertThat(replica.push(born, 1, CHECK).outcome()).isEqualTo(Merged.Outcome.KNOWN);
        assertThat(replica.merge(old.after(new Want(EAST, 0, false), 1_000), 1, CHECK)
                        .outcome())
                .isEqualTo(Merged.Outcome.KNOWN);
        source.purge(20);
        catchUp(old, source);
        assertThat(old.live()).isEmpty();
    }

    @Test
    @DisplayName("notices a gap, and a record of a history that its origin forgot")
    void gaps() {
        OriginState replica = new OriginState(EAST);
        OriginState source = new OriginState(EAST);
        Batch first = write(source, "a", "1", 10);
        Batch second = write(source, "b", "1", 20);
        Batch third = write(source, "c", "1", 30);
        OriginState other = new OriginState(EAST);
        write(other, "x", "1", 5);
        Batch elsewhere = write(other, "b", "1", 30);
        replica.push(first, 1, CHECK);
        assertThat(replica.push(third, 1, CHECK).outcome()).isEqualTo(Merged.Outcome.GAP);
        assertThat(replica.push(elsewhere, 1, CHECK).outcome()).isEqualTo(Merged.Outcome.GAP);
        assertThat(replica.push(second, 1, CHECK).outcome()).isEqualTo(Merged.Outcome.NEW);
        assertThat(replica.push(third, 1, CHECK).outcome()).isEqualTo(Merged.Outcome.NEW);
    }

    @Test
    @DisplayName(
            "takes nothing that its origin did not seal: changed, added, left out or renumbered, pushed or asked for")
    void forgeries() {
        OriginState source = new OriginState(EAST);
        write(source, "a", "1", 10);
        OriginState replica = new OriginState(EAST);
        catchUp(replica, source);
        ByteString before = replica.root();
        Batch real = write(source, "b", "1", 20);
        List<List<OriginRecord>> forged = List.of(
                List.of(new OriginRecord("b", 20, 10, ByteString.fromString("2"))),
                List.of(new OriginRecord("b", 20, 10, null)),
                List.of(new OriginRecord("a", 20, 10, null)),
                List.of(new OriginRecord("b", 21, 10, ByteString.fromString("1"))),
                List.of(
                        new OriginRecord("b", 15, 10, ByteString.fromString("1")),
                        new OriginRecord("c", 20, 15, ByteString.fromString("1"))));
        for (List<OriginRecord> records : forged) {
            assertThat(replica.push(new Batch(EAST, records, real.seal()), 1, CHECK)
                            .outcome())
                    .isEqualTo(Merged.Outcome.FORGED);
            long upTo = records.get(records.size() - 1).number();
            for (boolean full : new boolean[] {false, true}) {
                Delta delta = new Delta(EAST, full ? 0 : 10, upTo, 0, full, 0, records, real.seal());
                assertThat(replica.merge(delta, 1, CHECK).outcome()).isEqualTo(Merged.Outcome.FORGED);
            }
        }
        assertThat(replica.merge(new Delta(EAST, 10, 20, 0, false, 0, List.of(), real.seal()), 1, CHECK)
                        .outcome())
                .as("left out")
                .isEqualTo(Merged.Outcome.FORGED);
        assertThat(replica.root()).isEqualTo(before);
        assertThat(replica.want(1)).as("of who gave it").isEqualTo(new Want(EAST, 0, true));
        assertThat(replica.want(2)).as("of another").isEqualTo(new Want(EAST, 10, false));
        assertThat(replica.push(real, 1, CHECK).outcome()).isEqualTo(Merged.Outcome.NEW);
    }

    @Test
    @DisplayName(
            "drops what its origin forgot when it gets the full state behind a fence, and tells exactly what changed")
    void fence() {
        OriginState source = new OriginState(EAST);
        OriginState crashed = new OriginState(EAST);
        for (OriginState life : List.of(source, crashed)) {
            write(life, "kept", "1", 10);
            write(life, "changed", "1", 11);
        }
        write(crashed, "forgotten", "x", 12);
        write(crashed, "changed", "2", 13);
        OriginState replica = new OriginState(EAST);
        catchUp(replica, crashed);
        source.fence(20);
        source.seal(SEALER);
        Merged merged = replica.merge(source.after(replica.want(1), 10_000), 1, CHECK);
        assertThat(merged.dropped()).containsExactly("forgotten");
        assertThat(merged.visible().stream().map(OriginRecord::key)).containsExactlyInAnyOrder("forgotten", "changed");
        assertThat(StateHash.content(List.of(replica))).isEqualTo(StateHash.content(List.of(source)));
    }

    @Test
    @DisplayName("has one digest whatever the order of insertion, pinned")
    void golden() {
        OriginState one = new OriginState(EAST);
        one.write("a", ByteString.fromString("1"), 10);
        one.write("b", ByteString.fromString("2"), 11);
        OriginState other = OriginState.restore(
                EAST,
                11,
                0,
                one.seal(),
                List.of(
                        new OriginRecord("b", 11, 10, ByteString.fromString("2")),
                        new OriginRecord("a", 10, 0, ByteString.fromString("1"))));
        assertThat(StateHash.content(List.of(one))).isEqualTo(StateHash.content(List.of(other)));
        assertThat(HexFormat.of().formatHex(StateHash.content(List.of(one)).toArray()))
                .isEqualTo("67eae68eb8fad13062c9d6c3f3dc7a5ca5f13ec53ce00123f1715a05990e1317");
        assertThat(one.root()).isEqualTo(other.root());
        assertThat(HexFormat.of().formatHex(one.root().toArray()))
                .isEqualTo("9c051b7407bd4afa7db04251affe1c743543349bc033814273bb3c6561bb8d74");
    }

    private static Batch change(OriginState source, SplittableRandom random) {
        String key = "k" + random.nextInt(15);
        String payload = random.nextInt(3) == 0 ? null : "v" + random.nextInt(1000);
        return write(source, key, payload, source.highest() + random.nextInt(1, 50));
    }

    private static Batch write(OriginState source, String key, @Nullable String payload, long number) {
        OriginRecord record = source.write(key, payload == null ? null : ByteString.fromString(payload), number);
        return new Batch(EAST, List.of(record), source.seal(SEALER));
    }

    /** As over a link that loses nothing, with a small budget. */
    private static void catchUp(OriginState replica, OriginState source) {
        Map<Long, Delta> sent = new TreeMap<>();
        for (int i = 0; replica.highest() < source.highest(); i++) {
            assertThat(i).as("steps, %s", sent).isLessThan(1_000);
            Delta delta = source.after(replica.want(2), 150);
            sent.put((long) i, delta);
            replica.merge(delta, 2, CHECK);
        }
    }
}
