package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** RFC 9110, section 10.1.1: one interim answer at most, and none after the final one. */
@DisplayName("A client that waits for 100 Continue")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExpectContinueIT {
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n";
    private static final String PATH = "/api/v1/namespaces/default/configmaps";

    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.server.address().getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static String until(Socket socket, String end) throws IOException {
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf(end) < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("after %s", seen).isNotNegative();
            seen.append((char) next);
        }
        return seen.toString();
    }

    private static String body(String name) {
        return "{\"metadata\":{\"name\":\"" + name + "\"}}";
    }

    private static String head(String path, int length) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " + length
                + "\r\nExpect: 100-continue\r\n\r\n";
    }

    private static String closing(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    }

    @Test
    @DisplayName("is told so once, then answered, and may go on on the same connection")
    void waits() throws IOException {
        for (int round = 0; round < 20; round++) {
            String body = body("waits-" + round);
            try (Socket socket = connect()) {
                send(socket, head(PATH, body.length()));
                assertThat(until(socket, "\r\n\r\n")).startsWith(CONTINUE);
                send(socket, body);
                assertThat(until(socket, "\r\n\r\n")).startsWith("HTTP/1.1 201 ");
                send(socket, closing(PATH + "/waits-" + round));
                assertThat(rest(socket)).doesNotContain(CONTINUE).contains("HTTP/1.1 200 ");
            }
        }
    }

    @Test
    @DisplayName("and does not wait after all is told at most once, and never after the answer")
    void hurries() throws IOException {
        for (int round = 0; round < 40; round++) {
            String body = body("hurries-" + round);
            try (Socket socket = connect()) {
                switch (round % 4) {
                    case 0 -> send(socket, head(PATH, body.length()) + body);
                    case 1 -> {
                        send(socket, head(PATH, body.length()));
                        send(socket, body);
                    }
                    case 2 -> {
                        send(socket, head(PATH, body.length()) + body.substring(0, 5));
                        send(socket, body.substring(5));
                    }
                    default ->
                        send(
                                socket,
                                "POST " + PATH + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                        + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
                                        + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n");
                }
                String heads = until(socket, "\"creationTimestamp\"");
                assertThat(heads.indexOf(CONTINUE)).as(heads).isEqualTo(heads.lastIndexOf(CONTINUE));
                assertThat(heads.substring(heads.lastIndexOf("HTTP/1.1"))).startsWith("HTTP/1.1 201 ");
                socket.shutdownOutput();
                assertThat(rest(socket)).doesNotContain("HTTP/1.1");
            }
        }
    }

    @Test
    @DisplayName("and is refused for his head alone is not asked for the body")
    void refused() throws IOException {
        for (int round = 0; round < 20; round++) {
            for (String path : new String[] {"/api/v1/nonsense", "/nothing", PATH + "?fieldValidation=Bogus"}) {
                try (Socket socket = connect()) {
                    send(socket, head(path, 20));
                    assertThat(rest(socket)).startsWith("HTTP/1.1 4").doesNotContain(CONTINUE);
                }
            }
        }
    }

    @Test
    @DisplayName("with a body that is too large is not asked for it")
    void tooLarge() throws IOException {
        try (Socket socket = connect()) {
            send(socket, head(PATH, 100_000_000));
            assertThat(rest(socket)).startsWith("HTTP/1.1 413 ").doesNotContain(CONTINUE);
        }
    }
}
