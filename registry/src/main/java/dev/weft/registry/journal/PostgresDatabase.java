package dev.weft.registry.journal;

import akka.actor.ClassicActorSystemProvider;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Some;
import slick.jdbc.JdbcBackend;
import slick.jdbc.JdbcBackend$;
import slick.util.AsyncExecutor;

/**
 * The store that several processes of a cluster share: a PostgreSQL database. Its driver blocks, on threads of its own.
 *
 * <p>Two processes that both take themselves for the owner of a shard cannot both append: the number of an event is
 * unique for its shard, so the second one's write fails, and it loads the shard again.
 */
public final class PostgresDatabase implements SharedStorage {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);

    private final HikariDataSource pool;
    private final AsyncExecutor executor;
    private final JdbcBackend.DatabaseDef slick;
    private final ExecutorService leases = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "weft-postgres-leases");
        thread.setDaemon(true);
        return thread;
    });
    private final LastNumbers lastNumbers;

    private PostgresDatabase(HikariDataSource pool, PostgresSettings settings) {
        this.pool = pool;
        // As many threads as connections, or they would wait for each other; one is left for the leases.
        int threads = settings.connections() - 1;
        lastNumbers = new LastNumbers(pool, leases);
        executor = AsyncExecutor.apply("weft-postgres", threads, threads, settings.waiting(), threads);
        slick = JdbcBackend$.MODULE$.Database().forDataSource(pool, Some.apply((Object) threads), executor, false);
    }

    /**
     * Connects, and makes the tables of a cluster where they are missing. Blocks.
     *
     * @param shards how many the cluster has
     * @throws DataDirectoryException if there is no connection, or the database is another cluster's or half restored
     */
    public static PostgresDatabase open(StoreAddress address, String cluster, int shards, PostgresSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("weft-postgres");
        config.setJdbcUrl(address.jdbcUrl());
        config.setUsername(address.user());
        address.password().ifPresent(config::setPassword);
        config.setMaximumPoolSize(settings.connections());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(settings.connect().toMillis());
        config.setInitializationFailTimeout(1);
        // An acknowledged write has been synced, whatever the server's default is.
        config.setConnectionInitSql("SET synchronous_commit TO on");
        config.addDataSourceProperty("ApplicationName", "weft " + cluster);
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty(
                "connectTimeout", Long.toString(Math.max(1, settings.connect().toSeconds())));
        config.addDataSourceProperty(
                "socketTimeout", Long.toString(Math.max(1, settings.answer().toSeconds())));
        address.parameters().forEach(config::addDataSourceProperty);
        HikariDataSource pool = connect(config, address);
        try (Connection connection = pool.getConnection()) {
            PostgresSchema.prepare(connection, address.location(), cluster, shards);
            warnIfUnsafe(connection, address);
            return new PostgresDatabase(pool, settings);
        } catch (SQLException e) {
            pool.close();
            throw new DataDirectoryException("the database " + address + " cannot be used: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    private static HikariDataSource connect(HikariConfig config, StoreAddress address) {
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new DataDirectoryException(
                    "the database " + address + " cannot be reached: " + cause.getMessage(), e);
        }
    }

    private static void warnIfUnsafe(Connection connection, StoreAddress address) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet fsync = statement.executeQuery("SHOW fsync")) {
            if (fsync.next() && !fsync.getString(1).equals("on")) {
                LOG.warn("The server of {} runs with fsync off: a power loss there loses acknowledged writes", address);
            }
        }
    }

    @Override
    public void attach(ClassicActorSystemProvider system) {
        PostgresStorage.of(system).attach(this);
    }

    @Override
    public void beginRestoring() {
        markRestoring(true);
    }

    @Override
    public void endRestoring() {
        markRestoring(false);
    }

    private void markRestoring(boolean restoring) {
        try (Connection connection = pool.getConnection()) {
            PostgresSchema.mark(connection, restoring);
        } catch (SQLException e) {
            throw new DataDirectoryException("the database cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * What all processes of a cluster have in common towards other clusters.
     *
     * @param secret its key, in the form in which the gossip module keeps it
     * @param life which life of the cluster this is
     */
    public record Identity(String secret, long life) {
        @Override
        public String toString() {
            return "life " + life;
        }
    }

    /** The cluster's identity: the one that is stored, or else this one, which is stored now. Blocks. */
    public Identity identity(Identity fresh) {
        try (Connection connection = pool.getConnection();
                PreparedStatement keep = connection.prepareStatement(
                        "UPDATE weft_cluster SET identity = ?, life = ? WHERE identity IS NULL");
                PreparedStatement kept = connection.prepareStatement("SELECT identity, life FROM weft_cluster")) {
            keep.setString(1, fresh.secret());
            keep.setLong(2, fresh.life());
            keep.executeUpdate();
            try (ResultSet found = kept.executeQuery()) {
                found.next();
                return new Identity(found.getString(1), found.getLong(2));
            }
        } catch (SQLException e) {
            throw new DataDirectoryException("the identity cannot be kept in the database: " + e.getMessage(), e);
        }
    }

    /**
     * Takes a lease, or prolongs one's own; false if another owner has it. Blocks.
     *
     * @param companions who gives it up, having had it for so long
     * @param settled how long that is
     */
    boolean acquire(String lease, String owner, Duration validity, Set<String> companions, Duration settled)
            throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement take = connection.prepareStatement("""
                        INSERT INTO weft_lease AS held (name, owner, until)
                        VALUES (?, ?, now() + ? * INTERVAL '1 millisecond')
                        ON CONFLICT (name) DO UPDATE SET owner = EXCLUDED.owner, until = EXCLUDED.until
                        WHERE held.owner = EXCLUDED.owner OR held.until < now()
                          OR (held.owner = ANY (?) AND held.until < EXCLUDED.until - ? * INTERVAL '1 millisecond')""")) {
            take.setString(1, lease);
            take.setString(2, owner);
            take.setLong(3, validity.toMillis());
            take.setArray(4, connection.createArrayOf("varchar", companions.toArray()));
            take.setLong(5, settled.toMillis());
            return take.executeUpdate() == 1;
        }
    }

    /** Gives a lease back, if one has it. Blocks. */
    void release(String lease, String owner) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement give =
                        connection.prepareStatement("DELETE FROM weft_lease WHERE name = ? AND owner = ?")) {
            give.setString(1, lease);
            give.setString(2, owner);
            give.executeUpdate();
        }
    }

    @Override
    public Attendance attendance() {
        return new PostgresAttendance(pool, this::run);
    }

    @Override
    public CompletionStage<Long> lastNumber(String persistenceId) {
        return lastNumbers.ask(persistenceId);
    }

    /** Runs what concerns a lease, on a thread that may block. */
    <T> CompletionStage<T> run(Callable<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            leases.execute(() -> {
                try {
                    done.complete(task.call());
                } catch (Exception e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException closed) {
            done.completeExceptionally(
                    new StorageException(StorageException.Kind.CLOSED, "the store is closed", closed));
        }
        return done;
    }

    @Override
    public void close() {
        leases.shutdown();
        slick.close();
        executor.close();
        pool.close();
    }

    JdbcBackend.DatabaseDef slick() {
        return slick;
    }
}
