package dev.weft.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.testbed.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A process that was ready")
class ReadinessTest {
    @TempDir
    private Path directory;

    @Test
    @DisplayName("is not any more once no shard answers it, and says why")
    void silence() {
        RunningRegistry first = RunningRegistry.withStorage(directory);
        try (RunningRegistry cutOff = first.proxy("silence = 2 s")) {
            assertThat(cutOff.node().readiness()).isEqualTo(new Registry.Readiness(true, ""));
            first.close();

            awaitSilence(cutOff);
        }
    }

    @Test
    @DisplayName("is not any more once its database is gone, and is again when that is back")
    void withoutDatabase() {
        try (PostgresServer server = PostgresServer.start();
                RunningRegistry only = RunningRegistry.on(server.database("east"), "silence = 2 s")) {
            server.whileEnded(() -> awaitSilence(only));

            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> only.node().readiness().ready());
        }
    }

    @Test
    @DisplayName("stays ready while nobody asks for anything")
    void idle() {
        try (RunningRegistry only = RunningRegistry.with(directory, "silence = 2 s")) {
            Awaitility.await()
                    .during(Duration.ofSeconds(4))
                    .atMost(Duration.ofSeconds(6))
                    .until(() -> only.node().readiness().ready());
        }
    }

    private static void awaitSilence(RunningRegistry registry) {
        Awaitility.await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            Registry.Readiness readiness = registry.node().readiness();
            assertThat(readiness.ready()).isFalse();
            assertThat(readiness.missing()).startsWith("no registry shard has answered for ");
        });
    }
}
