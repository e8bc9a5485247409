package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@DisplayName("Watches over WebSocket")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchSocketsIT {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer("weft.api.max-watches = 2");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** What came, frame by frame. */
    private static final class Frames implements WebSocket.Listener {
        private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder part = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                texts.add(part.toString());
                part.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed.complete(status);
            return null;
        }

        private JsonNode next() throws Exception {
            String text = texts.poll(30, TimeUnit.SECONDS);
            assertThat(text).as("a frame within 30 s").isNotNull();
            return MAPPER.readTree(text);
        }
    }

    private WebSocket open(TestServer to, String path, Frames frames, String... protocols) {
        WebSocket.Builder builder = to.client.newWebSocketBuilder();
        if (protocols.length > 0) {
            builder.subprotocols(protocols[0], java.util.Arrays.copyOfRange(protocols, 1, protocols.length));
        }
        return builder.buildAsync(URI.create(to.url().replace("http:", "ws:") + path), frames)
                .join();
    }

    private void create(String name) {
        assertThat(server.post(CONFIG_MAPS, "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"a\":\"é\"}}")
                        .status())
                .isEqualTo(201);
    }

    private void allClosed() {
        await().atMost(PATIENCE).until(() -> server.server.openWatches() == 0);
    }

    @Test
    @DisplayName("bring one event a frame, as the chunked ones bring one a line")
    void events() throws Exception {
        create("first");
        Frames frames = new Frames();
        WebSocket socket = open(server, CONFIG_MAPS + "?watch=true&fieldSelector=metadata.name%3Dfirst", frames);
        JsonNode added = frames.next();
        assertThat(added.path("type").asText()).isEqualTo("ADDED");
        assertThat(added.path("object"))
                .isEqualTo(server.get(CONFIG_MAPS + "/first").json());
        server.delete(CONFIG_MAPS + "/first", "");
        assertThat(frames.next().path("type").asText()).isEqualTo("DELETED");
        assertThat(socket.getSubprotocol()).isEmpty();
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        assertThat(frames.closed.get(30, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
        allClosed();
    }

    @Test
    @DisplayName("end after their time, and tell of a version that has expired")
    void ends() throws Exception {
        Frames timed = new Frames();
        open(server, "/api/v1/nodes?watch=true&timeoutSeconds=1", timed);
        assertThat(timed.closed.get(30, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
        Frames expired = new Frames();
        open(server, "/api/v1/services?watch=true&resourceVersion=100&timeoutSeconds=5", expired);
        assertThat(expired.next().at("/object/reason").asText()).isEqualTo("Expired");
        assertThat(expired.closed.get(30, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
        allClosed();
    }

    @Test
    @DisplayName("agree on the first subprotocol that is not a token")
    void subprotocols() {
        Frames frames = new Frames();
        WebSocket socket = open(
                server,
                "/api/v1/nodes?watch=true",
                frames,
                "base64url.bearer.authorization.k8s.io.c2VjcmV0",
                "base64.binary.k8s.io",
                "other");
        assertThat(socket.getSubprotocol()).isEqualTo("base64.binary.k8s.io");
        socket.abort();
        allClosed();
    }

    @Test
    @DisplayName("are bounded as the chunked ones are, and end when the client goes without a word")
    void bounded() {
        Frames frames = new Frames();
        WebSocket one = open(server, "/api/v1/nodes?watch=true", frames);
        WebSocket two = open(server, "/api/v1/nodes?watch=true", frames);
        await().atMost(PATIENCE).until(() -> server.server.openWatches() == 2);
        assertThatThrownBy(() -> open(server, "/api/v1/nodes?watch=true", frames))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refused ->
                                assertThat(refused.getResponse().statusCode()).isEqualTo(429));
        one.abort();
        two.abort();
        allClosed();
    }

    @Test
    @DisplayName("read what the client sends and throw it away")
    void flood() throws Exception {
        Frames frames = new Frames();
        WebSocket socket = open(server, CONFIG_MAPS + "?watch=true&fieldSelector=metadata.name%3Dafter", frames);
        for (int i = 0; i < 64; i++) {
            socket.sendBinary(ByteBuffer.allocate(64 * 1024), i % 2 == 1).get(30, TimeUnit.SECONDS);
        }
        socket.sendText("{}", true).get(30, TimeUnit.SECONDS);
        create("after");
        assertThat(frames.next().at("/object/metadata/name").asText()).isEqualTo("after");
        socket.abort();
        allClosed();
    }

    @Test
    @DisplayName("are refused to pages of other origins without a token, and to half a handshake")
    void refused() throws Exception {
        assertThat(handshake("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://evil.example"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(handshake("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://weft"))
                .startsWith("HTTP/1.1 101 ");
        assertThat(handshake("Upgrade: websocket\r\nConnection: Upgrade")).startsWith("HTTP/1.1 400 ");
        allClosed();
    }

    private String handshake(String fields) throws Exception {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.server.address().getPort())) {
            socket.setSoTimeout(30_000);
            String request = "GET /api/v1/nodes?watch=true HTTP/1.1\r\nHost: weft\r\n" + fields + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            StringBuilder read = new StringBuilder();
            InputStream in = socket.getInputStream();
            while (read.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                assertThat(next).as("ended after: " + read).isNotNegative();
                read.append((char) next);
            }
            return read.toString();
        }
    }

    @Test
    @DisplayName("end when the server stops")
    void stopping() throws Exception {
        try (TestServer stopping = new TestServer()) {
            Frames frames = new Frames();
            open(stopping, "/api/v1/nodes?watch=true", frames);
            await().atMost(PATIENCE).until(() -> stopping.server.openWatches() == 1);
            stopping.server.stop().toCompletableFuture().get(30, TimeUnit.SECONDS);
            frames.closed.get(30, TimeUnit.SECONDS);
            assertThat(stopping.server.openWatches()).isZero();
        }
    }
}
