package dev.weft.proxy.dataplane;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weft.proxy.dataplane.ListenerStatus.EndpointStatus;
import dev.weft.proxy.metrics.KernelNumbers;
import dev.weft.proxy.metrics.MetricsServer;
import dev.weft.proxy.metrics.MetricsSettings;
import dev.weft.proxy.metrics.MetricsText;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@DisplayName("what the data plane counts, on both transports")
@ExtendWith(NoLeaks.class)
@Timeout(300)
class CountsIT {
    private static String get(int port, String path) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream answer = socket.getInputStream();
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("is told of each connection in the access log with how it ended: by its ends, or by the idle timeout")
    void accessLog(boolean nativeTransport) throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.weft.proxy.access");
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false); // what is expected is no news
        logger.addAppender(log);
        log.start();
        try (Rig rig = new Rig(nativeTransport)) {
            rig.accessLog = true;
            rig.idleTimeout = Duration.ofSeconds(2);
            int port = rig.start(rig.backend(1, TestBackend::echo));
            try (Socket brief = Rig.connect(port)) {
                Rig.ask(brief);
            }
            rig.awaitNoConnections();
            try (Socket quiet = Rig.connect(port)) {
                Rig.ask(quiet);
                assertThat(quiet.getInputStream().read()).isEqualTo(-1);
            }
            rig.awaitNoConnections();
            await().until(() -> log.list.size() == 2);
        } finally {
            logger.detachAppender(log);
            logger.setAdditive(true);
            logger.setLevel(before);
        }
        assertThat(log.list.stream().map(event -> event.getFormattedMessage().replaceAll(".* ", "")))
                .containsExactly("end=closed", "end=idle");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("is every byte and connection, and is served over HTTP")
    void exact(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            TestBackend echo = rig.backend(1, TestBackend::echo);
            int port = rig.start(echo);
            Random random = new Random(7);
            long bytes = 0;
            for (int number = 0; number < 5; number++) {
                byte[] said = new byte[1 + random.nextInt(200_000)];
                bytes += said.length;
                try (Socket socket = Rig.connect(port)) {
                    Thread writer = new Thread(() -> {
                        try {
                            socket.getOutputStream().write(said);
                            socket.shutdownOutput();
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
                    writer.start();
                    assertThat(socket.getInputStream().readAllBytes()).hasSize(said.length);
                    writer.join();
                }
            }
            rig.awaitNoConnections();
            EndpointStatus endpoint = rig.status().endpoints().get(0);
            assertThat(endpoint.bytesTo()).isEqualTo(bytes);
            assertThat(endpoint.bytesFrom()).isEqualTo(bytes);
            assertThat(rig.status().connectTimes().values())
                    .extracting(ConnectTimes::total)
                    .containsExactly(5L);
            assertThat(rig.plane().picks()).isEqualTo(Map.of("round-robin", 5L));

            MetricsSettings settings =
                    new MetricsSettings("127.0.0.1:0", 10, 10, Duration.ofMillis(1), Duration.ofMillis(1));
            MetricsServer server = new MetricsServer(
                    settings,
                    () -> MetricsText.of(
                            rig.plane().status(),
                            rig.plane().picks(),
                            0,
                            new KernelNumbers(true, 0, 0, 0, 0, null, List.of(), List.of()),
                            settings));
            try {
                server.start();
                dev.weft.proxy.Patience.await().until(() -> server.port() > 0);
                assertThat(get(server.port(), "/metrics"))
                        .startsWith("HTTP/1.1 200 OK")
                        .contains("text/plain; version=0.0.4", "_bytes_to_total{", "\"} " + bytes + "\n");
                assertThat(get(server.port(), "/")).startsWith("HTTP/1.1 404");
            } finally {
                server.stop();
            }
        }
    }
}
