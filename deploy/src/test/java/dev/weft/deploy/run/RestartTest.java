package dev.weft.deploy.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A command that ended")
class RestartTest {
    private final RestartBackoff backoff = new RestartBackoff(Duration.ofSeconds(10), Duration.ofMinutes(5));

    private List<Long> waits(int times) {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            waits.add(backoff.after(Duration.ofSeconds(1)).toSeconds());
        }
        return waits;
    }

    @Test
    @DisplayName("is started at once, then after 10 s, doubled up to 5 minutes")
    void doubles() {
        assertThat(waits(9)).containsExactly(0L, 10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L);
    }

    @Test
    @DisplayName("begins anew after it ran for more than 10 minutes, and not before")
    void beginsAnew() {
        waits(5);
        assertThat(backoff.after(Duration.ofMinutes(10))).isEqualTo(Duration.ofSeconds(160));
        assertThat(backoff.after(Duration.ofMinutes(10).plusSeconds(1))).isZero();
        assertThat(waits(2)).containsExactly(10L, 20L);
    }

    @Test
    @DisplayName("is started again by its policy")
    void policy() {
        assertThat(RestartPolicy.Always.restarts(0)).isTrue();
        assertThat(RestartPolicy.OnFailure.restarts(0)).isFalse();
        assertThat(RestartPolicy.OnFailure.restarts(137)).isTrue();
        assertThat(RestartPolicy.Never.restarts(1)).isFalse();
    }
}
