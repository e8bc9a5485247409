package dev.weft.gossip.origin;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The state of an origin")
class OriginStateTest {
    private static final OriginId EAST = new OriginId("east", 0, 7);

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
        List<OriginRecord> pushed = new ArrayList<>();
        List<Delta> deltas = new ArrayList<>();
        for (int step = 0; step < 600; step++) {
            OriginState replica = replicas.get(random.nextInt(replicas.size()));
            switch (random.nextInt(5)) {
                case 0 -> pushed.add(change(source, random));
                case 1 -> {
                    if (!pushed.isEmpty()) {
                        replica.push(pushed.get(random.nextInt(pushed.size())));
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
                        replica.merge(deltas.get(random.nextInt(deltas.size())), 1);
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
        OriginRecord born = source.write("k", ByteString.fromString("1"), 10);
        OriginState old = new OriginState(EAST);
        old.push(born);
        source.write("k", null, 20);
        OriginState replica = new OriginState(EAST);
        catchUp(replica, source);
        assertThat(replica.push(born).outcome()).isEqualTo(Merged.Outcome.KNOWN);
        assertThat(replica.merge(old.after(new Want(EAST, 0, false), 1_000), 1).outcome())
                .isEqualTo(Merged.Outcome.KNOWN);
        source.purge(20);
        catchUp(old, source);
        assertThat(old.live()).isEmpty();
    }

    @Test
    @DisplayName("notices a gap, and a record of a history that its origin forgot")
    void gaps() {
        OriginState replica = new OriginState(EAST);
        replica.push(new OriginRecord("a", 10, 0, null));
        assertThat(replica.push(new OriginRecord("b", 30, 20, null)).outcome()).isEqualTo(Merged.Outcome.GAP);
        assertThat(replica.push(new OriginRecord("b", 30, 5, null)).outcome()).isEqualTo(Merged.Outcome.GAP);
        assertThat(replica.push(new OriginRecord("b", 30, 10, null)).outcome()).isEqualTo(Merged.Outcome.NEW);
    }

    @Test
    @DisplayName(
            "drops what its origin forgot when it gets the full state behind a fence, and tells exactly what changed")
    void fence() {
        OriginState source = new OriginState(EAST);
        source.write("kept", ByteString.fromString("1"), 10);
        source.write("changed", ByteString.fromString("1"), 11);
        OriginState replica = new OriginState(EAST);
        catchUp(replica, source);
        replica.push(new OriginRecord("forgotten", 12, 11, ByteString.fromString("x")));
        replica.push(new OriginRecord("changed", 13, 12, ByteString.fromString("2")));
        source.fence(20);
        Merged merged = replica.merge(source.after(replica.want(1), 10_000), 1);
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
                List.of(
                        new OriginRecord("b", 11, 10, ByteString.fromString("2")),
                        new OriginRecord("a", 10, 0, ByteString.fromString("1"))));
        assertThat(StateHash.content(List.of(one))).isEqualTo(StateHash.content(List.of(other)));
        assertThat(HexFormat.of().formatHex(StateHash.content(List.of(one)).toArray()))
                .isEqualTo("67eae68eb8fad13062c9d6c3f3dc7a5ca5f13ec53ce00123f1715a05990e1317");
    }

    private static OriginRecord change(OriginState source, SplittableRandom random) {
        String key = "k" + random.nextInt(15);
        ByteString payload = random.nextInt(3) == 0 ? null : ByteString.fromString("v" + random.nextInt(1000));
        return source.write(key, payload, source.highest() + random.nextInt(1, 50));
    }

    /** As over a link that loses nothing, with a small budget. */
    private static void catchUp(OriginState replica, OriginState source) {
        Map<Long, Delta> sent = new TreeMap<>();
        for (int i = 0; replica.highest() < source.highest(); i++) {
            assertThat(i).as("steps, %s", sent).isLessThan(1_000);
            Delta delta = source.after(replica.want(2), 150);
            sent.put((long) i, delta);
            replica.merge(delta, 2);
        }
    }
}
