package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.member.Status;
import dev.weft.gossip.spread.SimulatedFederation.Sim;
import dev.weft.gossip.trust.ClusterIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A simulated federation")
class SpreadSimulationTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @ParameterizedTest(name = "of {1} as {0}, {2} % lost, {3} % doubled")
    @CsvSource({
        "mesh, 3, 0, 0",
        "mesh, 20, 0, 0",
        "star, 12, 0, 0",
        "chain, 8, 0, 0",
        "mesh, 10, 20, 20",
        "star, 8, 20, 10",
        "chain, 6, 30, 30"
    })
    @DisplayName("converges and everybody learns of everybody")
    void converges(String shape, int size, int lostPercent, int doubledPercent) {
        SimulatedFederation federation = new SimulatedFederation(size * 31L + lostPercent);
        federation.network.delay(Duration.ofMillis(1), Duration.ofMillis(30));
        federation.network.faults(lostPercent / 100.0, doubledPercent / 100.0);
        List<Sim> all = shaped(federation, shape, size);
        federation.run(SECOND.multipliedBy(5));
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 200; i++) {
            Sim process = all.get(random.nextInt(size));
            process.put(0, "k" + random.nextInt(30), random.nextInt(4) == 0 ? null : "v" + i);
            federation.run(Duration.ofMillis(random.nextInt(20)));
        }
        // Where much is lost, what was said of members has to be said again before their records count.
        Duration limit = SECOND.multipliedBy(lostPercent < 30 ? 20 : 90);
        assertThat(federation.untilConverged(limit)).isLessThan(limit);
        for (Sim process : all) {
            assertThat(process.heard()).isEqualTo(process.content());
            assertThat(process.core.members()).hasSize(size);
        }
    }

    @Test
    @DisplayName("tells a record in one hop, and heals a cut within two rounds")
    void isQuick() {
        SimulatedFederation federation = new SimulatedFederation(1);
        federation.network.delay(Duration.ofMillis(1), Duration.ofMillis(2));
        List<Sim> all = shaped(federation, "mesh", 3);
        federation.run(SECOND.multipliedBy(3));
        all.get(0).put(0, "k", "1");
        federation.run(Duration.ofMillis(2));
        assertThat(all).allSatisfy(process -> assertThat(process.heard()).containsEntry("c0/0/k", "1"));
        federation.partition(List.of("c0"), List.of("c1", "c2"), true);
        all.get(0).put(0, "k", "2");
        federation.run(SECOND.multipliedBy(3));
        assertThat(all.get(1).heard()).containsEntry("c0/0/k", "1");
        federation.partition(List.of("c0"), List.of("c1", "c2"), false);
        federation.run(SimulatedFederation.ROUND.multipliedBy(2));
        assertThat(all).allSatisfy(process -> assertThat(process.heard()).containsEntry("c0/0/k", "2"));
    }

    @Test
    @DisplayName("tells a new member frame after frame, with no round trip for each, and goes on where one is lost")
    void streams() {
        SimulatedFederation federation = new SimulatedFederation(12).lean((sim, news) -> {});
        federation.network.delay(Duration.ofMillis(50), Duration.ofMillis(50));
        Sim east = federation.start("east", new SimulatedDisk());
        Map<String, ByteString> records = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            records.put("key-" + i, ByteString.fromString("a payload of some length"));
        }
        east.core.reset(0, 0, records);
        federation.start("west", new SimulatedDisk(), "east");
        // More than 300 frames: one in each round trip of 100 ms would take half a minute.
        assertThat(federation.untilInStep(SECOND.multipliedBy(20))).isLessThan(SECOND.multipliedBy(4));
        federation.network.faults(0.01, 0);
        federation.start("north", new SimulatedDisk(), "east");
        assertThat(federation.untilInStep(SECOND.multipliedBy(60))).isLessThan(SECOND.multipliedBy(20));
    }

    @Test
    @DisplayName("relays around a link that is cut one way")
    void relays() {
        SimulatedFederation federation = new SimulatedFederation(2);
        List<Sim> all = shaped(federation, "mesh", 3);
        federation.run(SECOND.multipliedBy(3));
        federation.network.cut(SimulatedFederation.address("c0"), SimulatedFederation.address("c1"));
        all.get(0).put(0, "k", "1");
        federation.run(SECOND);
        assertThat(all.get(1).heard()).containsEntry("c0/0/k", "1");
        federation.run(SECOND.multipliedBy(20));
        assertThat(all.get(1).status("c0")).as("heard of through c2").isEqualTo(Status.ALIVE);
    }

    @Test
    @DisplayName("keeps what an unreachable member told, also over a restart, and says that it is unreachable")
    void failsStatic() {
        SimulatedFederation federation = new SimulatedFederation(3);
        SimulatedDisk disk = new SimulatedDisk();
        Sim east = federation.start("east", new SimulatedDisk());
        Sim west = federation.start("west", disk, "east");
        east.core.reset(0, 0, Map.of("k", ByteString.fromString("1")));
        federation.run(SECOND);
        east.crash();
        federation.run(SECOND.multipliedBy(30));
        assertThat(west.status("east")).isEqualTo(Status.UNREACHABLE);
        assertThat(west.heard()).containsEntry("east/0/k", "1");
        west.crash();
        Sim again = federation.start("west", disk);
        assertThat(again.heard()).containsEntry("east/0/k", "1");
        assertThat(again.status("east")).isNotEqualTo(Status.ALIVE);
    }

    @Test
    @DisplayName("replaces the records of a cluster that lost its disk, and never mixes the two lives")
    void replacesLives() {
        SimulatedFederation federation = new SimulatedFederation(4);
        Sim west = federation.start("west", new SimulatedDisk());
        Sim north = federation.start("north", new SimulatedDisk(), "west");
        Sim east = federation.start("east", new SimulatedDisk(), "west");
        east.core.reset(0, 0, Map.of("old", ByteString.fromString("1"), "both", ByteString.fromString("1")));
        federation.run(SECOND);
        assertThat(north.heard()).hasSize(2);
        east.crash();
        Sim reborn = federation.start("east", new SimulatedDisk(), "west");
        reborn.core.reset(0, 0, Map.of("both", ByteString.fromString("2")));
        // With its disk it lost its key: the name is free for a new one when the first is no longer alive.
        federation.run(SECOND.multipliedBy(15));
        for (Sim process : List.of(west, north, reborn)) {
            assertThat(process.heard()).containsOnly(Map.entry("east/0/both", "2"));
        }
        assertThat(north.news).anyMatch(News.OriginGone.class::isInstance);
    }

    @Test
    @DisplayName("refuses a second cluster of the same name while the first is alive")
    void refusesTwins() {
        SimulatedFederation federation = new SimulatedFederation(5);
        Sim west = federation.start("west", new SimulatedDisk());
        Sim east = federation.start("east", new SimulatedDisk(), "west");
        east.core.reset(0, 0, Map.of("k", ByteString.fromString("real")));
        federation.run(SECOND);
        Sim twin = federation.start("twin", "east", new SimulatedDisk(), OptionalLong.empty(), "west", "east");
        twin.core.reset(0, 0, Map.of("k", ByteString.fromString("false")));
        federation.run(SECOND.multipliedBy(20));
        assertThat(west.heard()).containsOnly(Map.entry("east/0/k", "real"));
        assertThat(east.heard()).containsOnly(Map.entry("east/0/k", "real"));
        assertThat(west.core.refused()).isPositive();
    }

    @Test
    @DisplayName("spreads the records of all processes of a cluster, and lets a shard move between them")
    void severalProcesses() {
        SimulatedFederation federation = new SimulatedFederation(6);
        OptionalLong life = OptionalLong.of(77);
        ClusterIdentity shared = ClusterIdentity.create("east", federation.random::nextBytes);
        Sim one = federation.start("east1", "east", new SimulatedDisk(shared), life);
        Sim two = federation.start("east2", "east", new SimulatedDisk(shared), life, "east1");
        Sim west = federation.start("west", new SimulatedDisk(), "east1");
        one.core.reset(0, 0, Map.of("a", ByteString.fromString("1")));
        two.core.reset(1, 0, Map.of("b", ByteString.fromString("1")));
        federation.run(SECOND.multipliedBy(2));
        assertThat(west.heard()).containsOnlyKeys("east/0/a", "east/1/b");
        assertThat(one.heard()).isEqualTo(west.heard());
        assertThat(west.core.members().stream()
                        .filter(member -> member.cluster().equals("east"))
                        .findFirst()
                        .orElseThrow()
                        .addresses())
                .hasSize(2);
        one.core.release(0);
        two.core.reset(0, 0, Map.of("c", ByteString.fromString("2")));
        federation.run(SECOND.multipliedBy(2));
        for (Sim process : List.of(one, two, west)) {
            assertThat(process.heard()).containsOnlyKeys("east/0/c", "east/1/b");
        }
    }

    @Test
    @DisplayName("forgets the records of a cluster that left for good")
    void forgetsWhoLeft() {
        SimulatedFederation federation = new SimulatedFederation(8);
        Sim west = federation.start("west", new SimulatedDisk());
        Sim east = federation.start("east", new SimulatedDisk(), "west");
        east.core.reset(0, 0, Map.of("k", ByteString.fromString("1")));
        federation.run(SECOND);
        east.leave();
        federation.run(SECOND);
        assertThat(west.heard()).isEmpty();
        assertThat(west.status("east")).isEqualTo(Status.LEFT);
    }

    @Test
    @DisplayName("brings a member that was away for longer than tombstones are kept up to date with a full state")
    void outlivesTombstones() {
        SimulatedFederation federation =
                new SimulatedFederation(9).tombstones(SECOND.multipliedBy(5)).budget(300);
        Sim east = federation.start("east", new SimulatedDisk());
        Sim west = federation.start("west", new SimulatedDisk(), "east");
        east.core.reset(0, 0, Map.of());
        for (int i = 0; i < 100; i++) {
            east.put(0, "k" + i, "1");
        }
        federation.run(SECOND.multipliedBy(2));
        assertThat(west.heard()).hasSize(100);
        federation.partition(List.of("east"), List.of("west"), true);
        for (int i = 0; i < 50; i++) {
            east.put(0, "k" + i, null);
        }
        federation.run(SECOND.multipliedBy(60));
        assertThat(west.heard()).hasSize(100);
        federation.partition(List.of("east"), List.of("west"), false);
        federation.run(SECOND.multipliedBy(10));
        assertThat(west.heard()).hasSize(50).isEqualTo(east.heard());
        assertThat(federation.converged()).isTrue();
    }

    private static List<Sim> shaped(SimulatedFederation federation, String shape, int size) {
        List<Sim> all = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String[] seeds = i == 0 ? new String[0] : new String[] {shape.equals("chain") ? "c" + (i - 1) : "c0"};
            if (!shape.equals("mesh")) {
                for (int j = 0; j < i; j++) {
                    boolean linked = shape.equals("chain") ? j == i - 1 : j == 0;
                    if (!linked) {
                        federation.partition(List.of("c" + i), List.of("c" + j), true);
                    }
                }
            }
            Sim process = federation.start("c" + i, new SimulatedDisk(), seeds);
            process.core.reset(0, 0, Map.of());
            all.add(process);
        }
        return all;
    }
}
