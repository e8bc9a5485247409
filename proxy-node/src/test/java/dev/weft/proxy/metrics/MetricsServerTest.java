package dev.weft.proxy.metrics;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@DisplayName("The server of metrics")
@Timeout(60)
class MetricsServerTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(MetricsServer.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void unheard() {
        logger.detachAppender(log);
    }

    private static MetricsSettings settings(int port, Duration min, Duration max) {
        return new MetricsSettings("127.0.0.1:" + port, 1, 1, min, max);
    }

    private List<String> warnings() {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel().levelStr.equals("WARN"))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    @DisplayName("gets the address that a predecessor has had when that lets go of it, and has said once that it waits")
    void afterPredecessor() throws IOException, InterruptedException {
        MetricsServer server;
        int port;
        try (ServerSocket predecessor = new ServerSocket()) {
            predecessor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = predecessor.getLocalPort();
            server = new MetricsServer(settings(port, Duration.ofMillis(5), Duration.ofMillis(20)), () -> "number 1\n");
            server.start();
            await().until(() -> !warnings().isEmpty());
            await().during(Duration.ofMillis(200)).until(() -> server.port() == 0); // through several more tries
        }
        try {
            await().until(() -> server.port() == port);
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(request, BodyHandlers.ofString())
                            .body())
                    .isEqualTo("number 1\n");
            assertThat(warnings())
                    .singleElement()
                    .asString()
                    .contains("127.0.0.1:" + port, "tried again by itself")
                    .doesNotContain("choose another");
        } finally {
            server.stop();
        }
    }

    @Test
    @DisplayName("refuses intervals between tries that have no order")
    void intervals() {
        assertThatThrownBy(() -> settings(1, Duration.ofMillis(2), Duration.ofMillis(1)))
                .hasMessageContaining("bind-retry-min=PT0.002S");
        assertThatThrownBy(() -> settings(1, Duration.ZERO, Duration.ofMillis(1)))
                .hasMessageContaining("bind-retry-min=PT0S");
    }
}
