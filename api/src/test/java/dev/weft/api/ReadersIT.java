package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Clients that ask and do not read, and clients that take more connections than are theirs. */
@DisplayName("A client of the API")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
    private static final int OBJECTS = 100;
    private static final int OBJECT_BYTES = 400_000;
    private static final int OF_AN_ADDRESS = 5;

    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer("weft.api { guard.read-deadline = 2 s, connections { max-of-an-address = "
                + OF_AN_ADDRESS + ", unbounded = [\"127.0.0.1\"] } }");
        for (int i = 0; i < OBJECTS; i++) {
            put(i, "x");
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private void put(int number, String filling) {
        String object = "{\"metadata\":{\"name\":\"cm-" + number + "\"},\"data\":{\"a\":\""
                + filling.repeat(OBJECT_BYTES) + "\"}}";
        boolean first = filling.equals("x");
        assertThat(answer(first ? "POST " + CONFIG_MAPS : "PUT " + CONFIG_MAPS + "/cm-" + number, object))
                .startsWith(first ? "HTTP/1.1 201 " : "HTTP/1.1 200 ");
    }

    /** By a connection of its own, which ends with the answer, so that those of the tests can be counted. */
    private String answer(String line, String body) {
        String head = line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n";
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.connect(server.server.address());
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection that takes little of what it does not read into the kernel's memory. */
    private Socket ask(String path) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 * 1024);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(server.server.address());
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    @DisplayName("that does not read a list is cut off, and one that reads it slowly is not")
    void unreadList() throws IOException {
        await().atMost(PATIENCE).until(() -> server.server.openConnections() == 0);
        AtomicInteger read = new AtomicInteger();
        try (Socket silent = ask(CONFIG_MAPS);
                Socket slow = ask(CONFIG_MAPS)) {
            await().atMost(PATIENCE).until(() -> server.server.openConnections() == 2);
            await().atMost(PATIENCE).until(() -> {
                // Some of it in each deadline, and never all of it.
                if (read.get() < OBJECTS * OBJECT_BYTES * 3 / 4) {
                    read.addAndGet(slow.getInputStream().readNBytes(200_000).length);
                }
                return server.server.openConnections() == 1;
            });
            assertThat(cut(silent)).isTrue();
            while (read.get() < OBJECTS * OBJECT_BYTES) {
                int more = slow.getInputStream().readNBytes(100_000).length;
                assertThat(more).as("after %d bytes", read.get()).isEqualTo(100_000);
                read.addAndGet(more);
            }
        }
        await().atMost(PATIENCE).until(() -> server.server.openConnections() == 0);
    }

    /** Whether a connection breaks off before the end of its answer. */
    private static boolean cut(Socket socket) {
        try {
            return !new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).endsWith("0\r\n\r\n");
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    @DisplayName("that does not read its watch is cut off, and one whose watch is silent is not")
    void unreadWatch() throws IOException {
        try (Socket silent = ask(CONFIG_MAPS + "?watch=true");
                Socket quiet = ask("/api/v1/nodes?watch=true")) {
            await().atMost(PATIENCE).until(() -> server.server.openWatches() == 2);
            for (int i = 0; i < OBJECTS; i++) {
                put(i, "y");
            }
            await().atMost(PATIENCE).until(() -> server.server.openWatches() == 1);
            assertThat(cut(silent)).isTrue();
            assertThat(quiet.getInputStream().read()).isEqualTo('H');
            answer("POST /api/v1/nodes", "{\"metadata\":{\"name\":\"n1\"}}");
            StringBuilder seen = new StringBuilder();
            while (seen.indexOf("ADDED") < 0) {
                int next = quiet.getInputStream().read();
                assertThat(next).isNotNegative();
                seen.append((char) next);
            }
        }
        await().atMost(PATIENCE).until(() -> server.server.openWatches() == 0);
    }

    @Test
    @DisplayName("has so many connections and no more, whatever others have")
    void connections() throws IOException {
        List<Socket> greedy = new ArrayList<>();
        try {
            for (int i = 0; i < OF_AN_ADDRESS; i++) {
                greedy.add(from("127.0.0.2"));
                assertThat(status(greedy.get(i))).startsWith("HTTP/1.1 200 ");
            }
            try (Socket further = from("127.0.0.2")) {
                assertThat(status(further)).startsWith("HTTP/1.1 429 ");
            }
            try (Socket other = from("127.0.0.3")) {
                assertThat(status(other)).startsWith("HTTP/1.1 200 ");
            }
            String metrics = answer("GET /metrics", "");
            assertThat(metrics)
                    .contains("weft_api_connections_refused_total 1\n")
                    .contains("weft_api_connections_open ");
            greedy.get(0).close();
            await().atMost(PATIENCE).until(() -> {
                try (Socket again = from("127.0.0.2")) {
                    return status(again).startsWith("HTTP/1.1 200 ");
                }
            });
        } finally {
            for (Socket socket : greedy) {
                socket.close();
            }
        }
    }

    private Socket from(String address) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(server.server.address());
        return socket;
    }

    private static String status(Socket socket) throws IOException {
        socket.getOutputStream().write("GET /version HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readNBytes(13), StandardCharsets.US_ASCII);
    }
}
