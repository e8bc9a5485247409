package dev.weft.registry.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.weft.registry.testbed.TestStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The lease by which processes that share a database decide who goes on")
@SuppressWarnings("NullAway.Init")
class PostgresLeaseTest {
    private static final Duration VALIDITY = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofMinutes(1);

    private PostgresDatabase database;

    @BeforeEach
    void open(@TempDir Path directory) {
        database = PostgresDatabase.open(
                TestStore.database(directory),
                "east",
                4,
                PostgresSettings.of(ConfigFactory.load().getConfig("weft.registry.postgres")));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private boolean acquire(String owner, Set<String> companions, Duration settled) throws SQLException {
        return database.acquire("sbr", owner, VALIDITY, companions, settled);
    }

    @Test
    @DisplayName("is one process's, again and again, and no other's until it is given back")
    void one() throws SQLException {
        assertThat(acquire("a", Set.of(), LONG)).isTrue();
        assertThat(acquire("b", Set.of("b", "c"), LONG)).isFalse();
        assertThat(acquire("a", Set.of(), LONG)).isTrue();
        database.release("sbr", "b");
        assertThat(acquire("b", Set.of(), LONG)).isFalse();
        database.release("sbr", "a");
        assertThat(acquire("b", Set.of(), LONG)).isTrue();
    }

    @Test
    @DisplayName("passes to who is on the same side of a cut, once its owner has had it for a while")
    void sameSide() throws SQLException {
        assertThat(acquire("a", Set.of(), LONG)).isTrue();
        assertThat(acquire("b", Set.of("a"), Duration.ofSeconds(30)))
                .as("just now")
                .isFalse();
        Awaitility.await().until(() -> acquire("b", Set.of("a"), Duration.ofMillis(100)));
        assertThat(acquire("a", Set.of("a", "c"), Duration.ZERO))
                .as("its owner before, who does not see the new one")
                .isFalse();
    }
}
