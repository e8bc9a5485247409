package dev.weft.registry.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables of a cluster in its PostgreSQL database, made when the first process starts. */
final class PostgresSchema {
    /** Processes that start at the same time make the tables one after the other; any fixed number will do. */
    private static final long LOCK = 0x7765_6674L;

    private static final List<String> TABLES = List.of("""
            CREATE TABLE IF NOT EXISTS weft_cluster (
              name VARCHAR(63) NOT NULL PRIMARY KEY,
              shards INTEGER NOT NULL,
              form INTEGER NOT NULL,
              identity TEXT,
              life BIGINT)""", """
            CREATE TABLE IF NOT EXISTS weft_lease (
              name VARCHAR(255) NOT NULL PRIMARY KEY,
              owner VARCHAR(255) NOT NULL,
              until TIMESTAMP WITH TIME ZONE NOT NULL)""", """
            CREATE TABLE IF NOT EXISTS weft_process (
              address VARCHAR(255) NOT NULL PRIMARY KEY,
              beats BIGINT NOT NULL,
              joined BOOLEAN NOT NULL)""", """
            CREATE TABLE IF NOT EXISTS weft_restoring (
              one BOOLEAN NOT NULL PRIMARY KEY)""", """
            CREATE TABLE IF NOT EXISTS weft_event (
              ordering BIGSERIAL,
              persistence_id VARCHAR(255) NOT NULL,
              sequence_number BIGINT NOT NULL,
              deleted BOOLEAN DEFAULT FALSE NOT NULL,
              writer VARCHAR(255) NOT NULL,
              write_timestamp BIGINT,
              adapter_manifest VARCHAR(255),
              event_ser_id INTEGER NOT NULL,
              event_ser_manifest VARCHAR(255) NOT NULL,
              event_payload BYTEA NOT NULL,
              meta_ser_id INTEGER,
              meta_ser_manifest VARCHAR(255),
              meta_payload BYTEA,
              PRIMARY KEY (persistence_id, sequence_number))""", """
            CREATE TABLE IF NOT EXISTS weft_event_tag (
              event_id BIGINT,
              tag VARCHAR(256),
              PRIMARY KEY (event_id, tag))""", """
            CREATE TABLE IF NOT EXISTS weft_snapshot (
              persistence_id VARCHAR(255) NOT NULL,
              sequence_number BIGINT NOT NULL,
              created BIGINT NOT NULL,
              snapshot_ser_id INTEGER NOT NULL,
              snapshot_ser_manifest VARCHAR(255) NOT NULL,
              snapshot_payload BYTEA NOT NULL,
              meta_ser_id INTEGER,
              meta_ser_manifest VARCHAR(255),
              meta_payload BYTEA,
              PRIMARY KEY (persistence_id, sequence_number))""");

    private static final int FORM = 1;

    private PostgresSchema() {}

    /**
     * Makes what is missing, and makes sure that the database is this cluster's.
     *
     * @throws DataDirectoryException if it is another's, of another number of shards, or holds a part of a backup
     */
    static void prepare(Connection connection, String location, String cluster, int shards) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
            for (String table : TABLES) {
                statement.execute(table);
            }
            claim(connection, location, cluster, shards);
            requireWhole(statement, location);
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static void requireWhole(Statement statement, String location) throws SQLException {
        try (ResultSet restoring = statement.executeQuery("SELECT one FROM weft_restoring")) {
            if (restoring.next()) {
                throw new DataDirectoryException("weft restore is at work on the database " + location
                        + " or was cut off, so it holds only a part of a backup; if no restore is running, drop its weft_"
                        + " tables, or make the database anew, and restore again");
            }
        }
    }

    /** Says whether a backup is being put in. */
    static void mark(Connection connection, boolean restoring) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    restoring
                            ? "INSERT INTO weft_restoring (one) VALUES (TRUE) ON CONFLICT DO NOTHING"
                            : "DELETE FROM weft_restoring");
        }
    }

    private static void claim(Connection connection, String location, String cluster, int shards) throws SQLException {
        try (PreparedStatement owner = connection.prepareStatement("SELECT name, shards, form FROM weft_cluster");
                ResultSet found = owner.executeQuery()) {
            if (!found.next()) {
                try (PreparedStatement own =
                        connection.prepareStatement("INSERT INTO weft_cluster (name, shards, form) VALUES (?, ?, ?)")) {
                    own.setString(1, cluster);
                    own.setInt(2, shards);
                    own.setInt(3, FORM);
                    own.executeUpdate();
                }
                return;
            }
            if (!found.getString(1).equals(cluster)) {
                throw new DataDirectoryException("the database " + location + " belongs to cluster \""
                        + found.getString(1) + "\", not to \"" + cluster + "\"; choose another --store or --cluster");
            }
            if (found.getInt(2) != shards || found.getInt(3) != FORM) {
                throw new DataDirectoryException("the database " + location + " was made for " + found.getInt(2)
                        + " shards in form " + found.getInt(3) + " (expected: " + shards + " shards,"
                        + " weft.registry.shards, in form " + FORM + ")");
            }
        }
    }
}
