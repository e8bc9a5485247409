package dev.weft.gossip.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What is known of a cluster")
class DataProgressTest {
    private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");
    private static final FreshnessSettings SETTINGS =
            new FreshnessSettings(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofHours(24));

    private final DataProgress progress = new DataProgress(SETTINGS, START);

    @ParameterizedTest(name = "{0} s after the last progress: {1}")
    @CsvSource({
        "0, FRESH",
        "4, FRESH",
        "5, SUSPECT",
        "29, SUSPECT",
        "30, STALE",
        "86399, STALE",
        "86400, WITHDRAWN",
        "900000, WITHDRAWN"
    })
    @DisplayName("loses rank by degrees while nothing new of it arrives")
    void degrees(long seconds, Freshness expected) {
        progress.look("west", START, 0, 1, START);
        progress.look("west", START, 0, 1, START.plusSeconds(seconds));
        assertThat(progress.degree("west")).isEqualTo(expected);
        assertThat(progress.staleness("west", START.plusSeconds(seconds))).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    @DisplayName("is judged by its data: signs of life do not help where its records do not come")
    void dataNotSockets() {
        progress.look("west", START, 0, 10, START);
        for (int second = 1; second <= 40; second++) {
            Instant now = START.plusSeconds(second);
            progress.look("west", now, 3, 10, now);
        }
        assertThat(progress.degree("west")).isEqualTo(Freshness.STALE);
        Instant later = START.plusSeconds(41);
        progress.look("west", later, 3, 11, later);
        assertThat(progress.degree("west"))
                .as("some of them came, though not all")
                .isEqualTo(Freshness.FRESH);
    }

    @Test
    @DisplayName("keeps its degree over a restart, until the cluster is heard or this process has listened long enough")
    void restart() {
        progress.restore(new DataProgress.Mark("fresh", START.minusSeconds(3_600), Freshness.FRESH));
        progress.restore(new DataProgress.Mark("stale", START.minusSeconds(7_200), Freshness.STALE));
        for (String cluster : List.of("fresh", "stale")) {
            progress.look(cluster, null, 0, 1, START.plusSeconds(4));
        }
        assertThat(progress.degree("fresh")).isEqualTo(Freshness.FRESH);
        assertThat(progress.degree("stale")).isEqualTo(Freshness.STALE);
        assertThat(progress.staleness("fresh", START.plusSeconds(4)))
                .as("the seconds are honest at once")
                .isEqualTo(Duration.ofSeconds(3_604));
        assertThat(progress.last("stale")).isEqualTo(START.minusSeconds(7_200));
        progress.look("never", null, 0, 0, START.plusSeconds(4));
        assertThat(progress.last("never")).isNull();
        progress.look("stale", START.plusSeconds(4), 0, 1, START.plusSeconds(4));
        assertThat(progress.last("stale")).isEqualTo(START.plusSeconds(4));
        progress.look("fresh", null, 0, 1, START.plusSeconds(5));
        assertThat(progress.degree("stale")).isEqualTo(Freshness.FRESH);
        assertThat(progress.degree("fresh")).isEqualTo(Freshness.STALE);
    }

    @Test
    @DisplayName("is kept when its degree changes, and now and then while it makes progress")
    void kept() {
        progress.look("west", START, 0, 1, START);
        assertThat(progress.unkept()).containsExactly(new DataProgress.Mark("west", START, Freshness.FRESH));
        progress.look("west", START.plusSeconds(1), 0, 2, START.plusSeconds(1));
        assertThat(progress.unkept()).isEmpty();
        progress.look("west", START.plusSeconds(15), 0, 3, START.plusSeconds(15));
        assertThat(progress.unkept()).hasSize(1);
        progress.look("west", START.plusSeconds(15), 0, 3, START.plusSeconds(45));
        assertThat(progress.unkept())
                .containsExactly(new DataProgress.Mark("west", START.plusSeconds(15), Freshness.STALE));
        assertThat(progress.retain(List.of())).containsExactly("west");
    }

    @Test
    @DisplayName("has degrees whose times rise")
    void settings() {
        assertThatThrownBy(
                        () -> new FreshnessSettings(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofDays(1)))
                .hasMessageContaining("each longer than the one before");
    }
}
