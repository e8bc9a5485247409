package dev.weft.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs each benchmark with hardly any operations: whether it still works, not how fast anything is. */
@DisplayName("A benchmark")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BenchmarksIT {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Figures figures =
            new Figures(new PrintStream(printed, true, StandardCharsets.UTF_8), Effort.SMOKE.counts());
    private final Arena arena = new Arena(Path.of("target", "bench", "smoke"), Effort.SMOKE, figures, false);

    @AfterAll
    void stop() {
        arena.close();
    }

    static Iterable<Benchmark> benchmarks() {
        return Bench.ALL;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("benchmarks")
    @DisplayName("runs to its end and prints its figures")
    void runs(Benchmark benchmark) {
        printed.reset();

        benchmark.run(arena);

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("   ").doesNotContain("NaN");
    }
}
