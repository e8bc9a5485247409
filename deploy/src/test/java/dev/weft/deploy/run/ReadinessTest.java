package dev.weft.deploy.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.deploy.terminal.CommandFailed;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Readiness")
class ReadinessTest {
    @ParameterizedTest(name = "{0} and {1}: {2} gives {3}")
    @CsvSource({
        "1, 3, +, R",
        "1, 3, -, -",
        "1, 3, +--, RRR",
        "1, 3, +---, RRR-",
        "1, 3, +--+--+---+, RRRRRRRRR-R",
        "2, 1, ++-+-++, -R----R",
        "3, 2, ++-+++-+--, -----RRRR-"
    })
    @DisplayName("changes after so many answers of the same kind in a row")
    void thresholds(int successes, int failures, String answers, String expected) {
        Readiness readiness = new Readiness(successes, failures);
        StringBuilder became = new StringBuilder();
        answers.chars().forEach(answer -> became.append(readiness.probed(answer == '+') ? 'R' : '-'));
        assertThat(became).hasToString(expected);
    }

    @Test
    @DisplayName("is asked for as users write it")
    void probes() {
        assertThat(Probe.parse("http:/healthz?full=1")).isEqualTo(new Probe.Http("/healthz?full=1"));
        assertThat(Probe.parse("tcp")).isEqualTo(new Probe.Tcp());
        assertThat(Probe.parse("exec:test -e /tmp/ok")).isEqualTo(new Probe.Exec("test -e /tmp/ok"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "http:", "http:healthz", "exec:", "udp", ""})
    @DisplayName("refuses a probe that makes no sense, naming it")
    void wrongProbes(String text) {
        assertThatThrownBy(() -> Probe.parse(text))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("--ready " + text);
    }
}
