package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.member.Freshness;
import dev.weft.gossip.member.Status;
import dev.weft.gossip.spread.SimulatedFederation.Sim;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A cluster that cannot be reached")
class FailStaticTest {
    private final SimulatedFederation federation = new SimulatedFederation(21);
    private final SimulatedDisk westDisk = new SimulatedDisk();

    @Test
    @DisplayName(
            "goes from fresh to suspect, stale and withdrawn while its records stay, also over a restart of who looks")
    void byDegrees() {
        Sim east = federation.start("east", new SimulatedDisk());
        Sim west = federation.start("west", westDisk, "east");
        east.core.reset(0, 0, Map.of("k", ByteString.fromString("v")));
        federation.run(Duration.ofSeconds(10));
        assertThat(of(west, "east").freshness()).isEqualTo(Freshness.FRESH);
        federation.partition(List.of("east"), List.of("west"), true);
        federation.run(Duration.ofSeconds(8));
        assertThat(of(west, "east").freshness()).isEqualTo(Freshness.SUSPECT);
        federation.run(Duration.ofSeconds(30));
        assertThat(of(west, "east").freshness()).isEqualTo(Freshness.STALE);
        assertThat(of(west, "east").staleness()).isBetween(Duration.ofSeconds(35), Duration.ofSeconds(39));
        west.crash();
        federation.run(Duration.ofSeconds(60));
        Sim again = federation.start("west", westDisk);
        assertThat(again.content()).containsEntry("east/0/k", "v");
        assertThat(of(again, "east").freshness()).isEqualTo(Freshness.STALE);
        assertThat(of(again, "east").lastExchange())
                .as("what was known before the restart says since when")
                .isNotNull();
        federation.run(Duration.ofSeconds(10));
        assertThat(of(again, "east").staleness()).isGreaterThan(Duration.ofSeconds(90));
        federation.partition(List.of("east"), List.of("west"), false);
        federation.run(Duration.ofSeconds(10));
        assertThat(of(again, "east").freshness()).isEqualTo(Freshness.FRESH);
    }

    @Test
    @DisplayName("stays fresh where a third relays its words")
    void relayed() {
        federation.start("east", new SimulatedDisk());
        Sim west = federation.start("west", westDisk, "east");
        federation.start("north", new SimulatedDisk(), "east", "west");
        federation.run(Duration.ofSeconds(10));
        federation.partition(List.of("east"), List.of("west"), true);
        federation.run(Duration.ofMinutes(2));
        assertThat(of(west, "east").freshness()).isEqualTo(Freshness.FRESH);
    }

    @Test
    @DisplayName("is flagged where its clock is an hour behind, by all and by itself, and keeps taking part")
    void clockBehind() {
        Sim east = federation.start("east", new SimulatedDisk());
        Sim west = federation.skewed("west", Duration.ofHours(-1), westDisk, "east");
        Sim north = federation.start("north", new SimulatedDisk(), "east");
        west.core.reset(0, 0, Map.of("k", ByteString.fromString("v")));
        federation.run(Duration.ofSeconds(60));
        for (Sim sim : List.of(east, west, north)) {
            assertThat(of(sim, "west").clockOff()).as(sim.name).isTrue();
            assertThat(of(sim, "west").status()).as(sim.name).isEqualTo(Status.ALIVE);
            assertThat(of(sim, "east").clockOff()).as(sim.name).isFalse();
            assertThat(of(sim, "north").clockOff()).as(sim.name).isFalse();
            assertThat(sim.content()).containsEntry("west/0/k", "v");
        }
    }

    @Test
    @DisplayName("does not hide how long changes of others take: each is counted once, clocks corrected by the way")
    void convergence() {
        federation.network.delay(Duration.ofMillis(20), Duration.ofMillis(20));
        Sim east = federation.start("east", new SimulatedDisk());
        Sim west = federation.skewed("west", Duration.ofSeconds(-20), westDisk, "east");
        List.of(east, west).forEach(sim -> sim.core.reset(0, 0, Map.of()));
        federation.run(Duration.ofSeconds(10));
        for (int i = 0; i < 10; i++) {
            east.put(0, "k" + i, "v");
            west.put(0, "k" + i, "v");
            federation.run(Duration.ofSeconds(1));
        }
        for (Sim sim : List.of(east, west)) {
            ConvergenceReport report = sim.core.stats().convergence();
            assertThat(report.counts()).as(sim.name).hasSize(ConvergenceReport.BOUNDS_MILLIS.size() + 1);
            assertThat(report.counts().get(4) + report.counts().get(5))
                    .as("%s between 10 and 50 ms: %s", sim.name, report)
                    .isEqualTo(10);
            assertThat(report.counts().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(10);
        }
    }

    private static MemberReport of(Sim sim, String cluster) {
        return sim.core.members().stream()
                .filter(member -> member.cluster().equals(cluster))
                .findFirst()
                .orElseThrow();
    }
}
