package dev.weft.registry.journal;

import static org.assertj.core.api.Assertions.assertThat;

import akka.pattern.CircuitBreakerOpenException;
import java.io.IOException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import scala.concurrent.duration.FiniteDuration;

@DisplayName("Why a store failed")
class CausesTest {
    @Test
    @DisplayName("is what the database's driver says, which names the server")
    void driver() {
        SQLException driver = new SQLException(
                "Connection to 127.0.0.1:5432 refused. Check that it runs.",
                new ConnectException("Connection refused"));
        assertThat(Causes.inWords(new IllegalStateException(
                        "Exception during recovery, due to: " + driver,
                        new SQLTransientConnectionException("pool - Connection is not available", driver))))
                .isEqualTo("Connection to 127.0.0.1:5432 refused. Check that it runs.");
    }

    @Test
    @DisplayName("is told without the names of classes, wherever in a sentence they stand")
    void noClassNames() {
        assertThat(Causes.inWords(new CompletionException(new IOException("no such device"))))
                .isEqualTo("no such device");
        assertThat(Causes.inWords(new IllegalStateException(
                        "loading failed: java.util.concurrent.TimeoutException: no answer from db.example.org in 5 s")))
                .isEqualTo("loading failed: no answer from db.example.org in 5 s");
    }

    @Test
    @DisplayName("is that it failed time after time where it is not asked just now")
    void notAsked() {
        assertThat(Causes.inWords(new CircuitBreakerOpenException(
                        FiniteDuration.create(7, TimeUnit.SECONDS), "Circuit Breaker is open; calls are failing fast")))
                .isEqualTo("the store failed time after time; it is asked again within 7 s");
    }

    @Test
    @DisplayName("is that it does not answer where nobody says more")
    void nothingSaid() {
        assertThat(Causes.inWords(new CompletionException(new TimeoutException())))
                .isEqualTo("the store does not answer");
        assertThat(Causes.inWords(null)).isEqualTo("the store does not answer");
    }
}
