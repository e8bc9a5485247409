package dev.weft.gossip.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A cluster's clock")
class ClockOffsetsTest {
    private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

    private final ClockOffsets clocks = new ClockOffsets(Duration.ofSeconds(30));
    private Instant now = START;

    @Test
    @DisplayName("is off where it is far behind the middle of all, by heartbeats that took their time to come")
    void behind() {
        hear(10, Map.of("west", -3_600_000L, "north", -20_000L, "south", 900L));
        assertThat(clocks.off("west")).isTrue();
        assertThat(clocks.off("north")).isFalse();
        assertThat(clocks.off("south")).isFalse();
        assertThat(clocks.selfOff()).isFalse();
        assertThat(clocks.offset("north")).isEqualTo(Duration.ofSeconds(-20));
    }

    @Test
    @DisplayName("is off for the cluster itself as well, which then doubts nobody else")
    void ownClock() {
        hear(10, Map.of("west", 3_600_000L, "north", 3_601_000L));
        assertThat(clocks.selfOff()).isTrue();
        assertThat(clocks.off("west")).isFalse();
        assertThat(clocks.off("north")).isFalse();
    }

    @Test
    @DisplayName("is off in the same one of two clusters, whichever looks")
    void ofTwo() {
        hear(10, Map.of("west", -3_600_000L));
        assertThat(clocks.off("west")).isTrue();
        assertThat(clocks.selfOff()).isFalse();
        ClockOffsets theirs = new ClockOffsets(Duration.ofSeconds(30));
        for (int i = 0; i < 10; i++) {
            theirs.heard("east", START.plusSeconds(3_600 + i), START.plusSeconds(i));
        }
        theirs.judge();
        assertThat(theirs.selfOff()).isTrue();
        assertThat(theirs.off("east")).isFalse();
    }

    @Test
    @DisplayName("is not judged by a heartbeat that was held up, and is good again only well within the bound")
    void patience() {
        clocks.heard("west", START.minusSeconds(600), START);
        clocks.judge();
        assertThat(clocks.off("west")).isFalse();
        hear(200, Map.of("west", -40_000L));
        assertThat(clocks.off("west")).isTrue();
        hear(200, Map.of("west", -20_000L));
        assertThat(clocks.off("west")).isTrue();
        hear(200, Map.of("west", -1_000L));
        assertThat(clocks.off("west")).isFalse();
    }

    private void hear(int times, Map<String, Long> offsets) {
        for (int i = 0; i < times; i++) {
            now = now.plusMillis(500);
            offsets.forEach((cluster, offset) -> clocks.heard(cluster, now.plusMillis(offset), now));
        }
        clocks.judge();
    }
}
