package dev.weft.deploy.bench.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a proxy adds to the latency")
class AddedLatencyTest {
    private static final double BAR = 1.5;

    @Test
    @DisplayName("is judged by what the peer adds")
    void byThePeer() {
        assertThat(new AddedLatency(1_000, 1_200, 1_300).reached(BAR)).isTrue();
        assertThat(new AddedLatency(1_000, 1_200, 1_301).reached(BAR)).isFalse();
        assertThat(new AddedLatency(1_000, 1_200, 1_250).verdict(BAR))
                .isEqualTo("added: haproxy +200 us, weft +250 us (bar 1.5 x haproxy's, of at least 5 % of direct,"
                        + " = 300 us: reached)");
    }

    @Test
    @DisplayName("is judged by a floor where the peer adds nothing above the noise, never by a ratio below 0")
    void byTheFloor() {
        assertThat(new AddedLatency(1_000, 990, 1_075).reached(BAR)).isTrue();
        assertThat(new AddedLatency(1_000, 990, 1_076).reached(BAR)).isFalse();
        assertThat(new AddedLatency(1_000, 990, 1_080).verdict(BAR))
                .isEqualTo("added: haproxy -10 us, weft +80 us (bar 1.5 x haproxy's, of at least 5 % of direct,"
                        + " = 75 us: NOT reached)");
    }
}
