package dev.weft.deploy.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.registry.journal.StoreAddress;
import dev.weft.registry.testbed.History;
import dev.weft.registry.testbed.TestStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Properties: {@code weft.crash.seeds} how many seeds for each store, {@code weft.crash.seed} the first of them,
 * {@code weft.crash.strikes} how often harm is done for each, {@code weft.crash.processes} of a cluster on a shared store,
 * {@code weft.crash.store} on only one of the stores.
 */
@DisplayName("A cluster whose processes are killed, paused and restarted")
class CrashIT {
    private static final String CONFIG = """
            # Watchers must notice soon that a paused node says nothing.
            weft.registry.watch.bookmarks = 500 ms
            """;

    @RegisterExtension
    final TestBed bed = new TestBed();

    @ParameterizedTest
    @EnumSource(TestStore.class)
    @DisplayName(
            "loses no acknowledged write, reads nothing stale, and shows every watcher every change, in order, once")
    void survives(TestStore store) throws Exception {
        String only = System.getProperty("weft.crash.store", "");
        if (!only.isEmpty() && TestStore.valueOf(only) != store) {
            return;
        }
        long first = Long.getLong("weft.crash.seed", new Random().nextInt(1_000_000));
        List<TestServer> servers = servers(store);
        servers.forEach(TestServer::begin);
        servers.forEach(TestServer::awaitReady);
        for (long seed = first; seed < first + Integer.getInteger("weft.crash.seeds", 10); seed++) {
            System.out.println("crash test on " + store + ", seed " + seed + " begins");
            try {
                String told = new CrashRun(seed, servers, store).run(Integer.getInteger("weft.crash.strikes", 1));
                System.out.println("crash test on " + store + ", seed " + seed + ": " + told);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + " on " + store + ": " + e.getMessage(), e);
            }
        }
        if (store == TestStore.POSTGRES) {
            oneOwnerAtATime();
        }
    }

    private List<TestServer> servers(TestStore store) {
        String[] arguments = {"--no-proxy", "--config", bed.config(CONFIG)};
        if (store == TestStore.POSTGRES) {
            return bed.sharing(database(), Integer.getInteger("weft.crash.processes", 3), "east", arguments);
        }
        TestServer keeper = bed.server("east", arguments);
        return List.of(keeper, bed.further(keeper, "east-2", arguments));
    }

    private StoreAddress database() {
        return TestStore.database(bed.directory());
    }

    /** An owner that another has followed never wrote again. */
    private void oneOwnerAtATime() throws SQLException {
        History history = new History();
        String database = database().location().replaceAll(".*/", "");
        try (Connection connection = TestStore.server().connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT persistence_id, writer FROM weft_event ORDER BY persistence_id, sequence_number")) {
            while (rows.next()) {
                history.owned(rows.getString(1), rows.getString(2));
            }
        }
        history.violationsOnly();
        assertThat(history.shardsOwned()).isPositive();
    }
}
