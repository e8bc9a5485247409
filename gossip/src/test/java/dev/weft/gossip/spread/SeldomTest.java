package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What goes on")
class SeldomTest {
    @Test
    @DisplayName("is told in full once, then shortly, at most once in a pause")
    void toldOnce() {
        Instant begin = Instant.parse("2026-01-01T00:00:00Z");
        Seldom seldom = new Seldom(Duration.ofMinutes(1));

        assertThat(seldom.happened(begin)).isEqualTo(Seldom.Telling.ALL);
        assertThat(seldom.happened(begin.plusSeconds(1))).isEqualTo(Seldom.Telling.NOTHING);
        assertThat(seldom.happened(begin.plusSeconds(59))).isEqualTo(Seldom.Telling.NOTHING);
        assertThat(seldom.happened(begin.plusSeconds(60))).isEqualTo(Seldom.Telling.AGAIN);
        assertThat(seldom.happened(begin.plusSeconds(61))).isEqualTo(Seldom.Telling.NOTHING);
        assertThat(seldom.happened(begin.plusSeconds(120))).isEqualTo(Seldom.Telling.AGAIN);
    }
}
