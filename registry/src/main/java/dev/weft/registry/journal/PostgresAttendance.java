package dev.weft.registry.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import javax.sql.DataSource;

/** The list of processes in a table of the database. */
final class PostgresAttendance implements Attendance {
    private final DataSource pool;
    private final Function<Callable<Object>, CompletionStage<Object>> blocking;

    /** @param blocking runs what blocks, on a thread that may */
    PostgresAttendance(DataSource pool, Function<Callable<Object>, CompletionStage<Object>> blocking) {
        this.pool = pool;
        this.blocking = blocking;
    }

    @Override
    @SuppressWarnings("unchecked")
    public CompletionStage<List<Entry>> report(String address, boolean joined) {
        return blocking.apply(() -> reported(address, joined)).thenApply(entries -> (List<Entry>) entries);
    }

    private List<Entry> reported(String address, boolean joined) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement own = connection.prepareStatement("""
                        INSERT INTO weft_process AS known (address, beats, joined) VALUES (?, 1, ?)
                        ON CONFLICT (address) DO UPDATE SET beats = known.beats + 1, joined = EXCLUDED.joined""")) {
            own.setString(1, address);
            own.setBoolean(2, joined);
            own.executeUpdate();
            return entries(connection);
        }
    }

    private static List<Entry> entries(Connection connection) throws SQLException {
        try (PreparedStatement all = connection.prepareStatement(
                        "SELECT address, beats, joined FROM weft_process ORDER BY address");
                ResultSet rows = all.executeQuery()) {
            List<Entry> entries = new ArrayList<>();
            while (rows.next()) {
                entries.add(new Entry(rows.getString(1), rows.getLong(2), rows.getBoolean(3)));
            }
            return entries;
        }
    }

    @Override
    public CompletionStage<Boolean> begin(String address, List<Entry> gone) {
        return blocking.apply(() -> begun(address, gone)).thenApply(Boolean.class::cast);
    }

    private boolean begun(String address, List<Entry> gone) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                // One after the other; who only reports waits for none of this but the end.
                try (PreparedStatement lock =
                        connection.prepareStatement("LOCK TABLE weft_process IN EXCLUSIVE MODE")) {
                    lock.execute();
                }
                strike(connection, gone);
                boolean alone = entries(connection).stream()
                        .allMatch(entry -> !entry.joined() || entry.address().equals(address));
                if (alone) {
                    try (PreparedStatement own = connection.prepareStatement(
                            "UPDATE weft_process SET beats = beats + 1, joined = TRUE WHERE address = ?")) {
                        own.setString(1, address);
                        alone = own.executeUpdate() == 1;
                    }
                }
                connection.commit();
                return alone;
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private static void strike(Connection connection, List<Entry> gone) throws SQLException {
        try (PreparedStatement dead =
                connection.prepareStatement("DELETE FROM weft_process WHERE address = ? AND beats = ?")) {
            for (Entry entry : gone) {
                dead.setString(1, entry.address());
                dead.setLong(2, entry.beats());
                dead.addBatch();
            }
            dead.executeBatch();
        }
    }

    @Override
    public CompletionStage<Void> strike(String address) {
        return blocking.apply(() -> {
                    try (Connection connection = pool.getConnection();
                            PreparedStatement own =
                                    connection.prepareStatement("DELETE FROM weft_process WHERE address = ?")) {
                        own.setString(1, address);
                        return own.executeUpdate();
                    }
                })
                .thenApply(any -> null);
    }
}
