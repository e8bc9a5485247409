package dev.weft.registry.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.sql.DataSource;

/** Asks the database for the last events of many at once: who asks while a question is under way shares the next one. */
final class LastNumbers {
    private static final String QUESTION = """
            SELECT id, (SELECT max(sequence_number) FROM weft_event WHERE persistence_id = id)
            FROM unnest(?) AS id""";

    private final DataSource pool;
    private final Executor executor;
    private Map<String, CompletableFuture<Long>> waiting = new HashMap<>();

    /** @param executor whose threads may block; one task at a time */
    LastNumbers(DataSource pool, Executor executor) {
        this.pool = pool;
        this.executor = executor;
    }

    CompletionStage<Long> ask(String persistenceId) {
        CompletableFuture<Long> asked;
        boolean first;
        synchronized (this) {
            first = waiting.isEmpty();
            asked = waiting.computeIfAbsent(persistenceId, id -> new CompletableFuture<>());
        }
        if (first) {
            try {
                executor.execute(this::run);
            } catch (RejectedExecutionException closed) {
                fail(take(), new StorageException(StorageException.Kind.CLOSED, "the store is closed", closed));
            }
        }
        return asked;
    }

    private synchronized Map<String, CompletableFuture<Long>> take() {
        Map<String, CompletableFuture<Long>> taken = waiting;
        waiting = new HashMap<>();
        return taken;
    }

    private void run() {
        Map<String, CompletableFuture<Long>> asked = take();
        List<String> names = new ArrayList<>(asked.keySet());
        try (Connection connection = pool.getConnection();
                PreparedStatement question = connection.prepareStatement(QUESTION)) {
            question.setArray(1, connection.createArrayOf("text", names.toArray()));
            try (ResultSet rows = question.executeQuery()) {
                while (rows.next()) {
                    CompletableFuture<Long> answer = asked.get(rows.getString(1));
                    if (answer != null) {
                        answer.complete(rows.getLong(2));
                    }
                }
            }
        } catch (SQLException | RuntimeException e) {
            fail(asked, e);
        }
    }

    private static void fail(Map<String, CompletableFuture<Long>> asked, Exception why) {
        asked.values().forEach(each -> each.completeExceptionally(why));
    }
}
