package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@DisplayName("Connections to the API")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectionsIT {
    private static final String WATCH = "GET /api/v1/nodes?watch=true HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String VERSION = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String BOUNDS = "weft.api { guard.head-deadline = 1 s, guard.body-deadline = 2 s,"
            + " body-deadline = 60 s, max-requests-in-flight = 2, http.max-connections = 12, drain-deadline = 5 s }";

    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer(BOUNDS);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.server.address().getPort());
        socket.setSoTimeout(20_000);
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

    /** What a request on a connection of its own is answered, to the connection's end. */
    private String exchange(String request) throws IOException {
        try (Socket socket = connect()) {
            send(socket, request);
            return rest(socket);
        }
    }

    @Test
    @DisplayName("are not fooled by a length that wraps around, nor by two lengths")
    void lengths() throws IOException {
        String post = "POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\n";
        assertThat(exchange(post + "Content-Length: 18446744073709551620\r\n\r\nabcd" + VERSION))
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain("gitVersion");
        assertThat(exchange(post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd" + VERSION))
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain("gitVersion");
        assertThat(exchange(post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + VERSION))
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain("gitVersion");
    }

    @Test
    @DisplayName("are told what they may not do, and closed")
    void refused() throws IOException {
        assertThat(exchange("BREW /api HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 405 ")
                .contains("\"kind\":\"Status\"", "\"reason\":\"MethodNotAllowed\"");
        assertThat(exchange("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(40_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(exchange("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ");
    }

    @Test
    @DisplayName("carry many headers or a long one, 32 KiB in all")
    void largeHead() throws IOException {
        String headers = ("X: " + "a".repeat(1_000) + "\r\n").repeat(30);
        String one = "Authorization: Bearer " + "a".repeat(31_000) + "\r\n";
        String small = "X: a\r\n".repeat(200);
        for (String head : List.of(headers, one, small)) {
            assertThat(exchange("GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + head + "\r\n"))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    @DisplayName("that send their head a byte at a time lose their place after the deadline")
    void slowHead() throws Exception {
        try (Socket socket = connect();
                Socket silent = connect()) {
            send(socket, "GET /ver");
            assertThat(rest(socket)).startsWith("HTTP/1.1 408 ");
            assertThat(rest(silent)).startsWith("HTTP/1.1 408 ");
        }
    }

    @Test
    @DisplayName("that dribble a head or a body do not prolong its time by any byte")
    void dribbling() throws IOException {
        String post = "POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n";
        for (String begin :
                List.of("GET /", post, post.replace("Content-Length: 99999", "Transfer-Encoding: chunked"))) {
            try (Socket socket = connect()) {
                send(socket, begin);
                String drop = begin.contains("chunked") ? "1\r\n \r\n" : "a";
                await().atMost(Duration.ofSeconds(60)).until(() -> isOver(socket, drop));
            }
        }
    }

    private static boolean isOver(Socket socket, String drop) {
        try {
            send(socket, drop);
            return socket.getInputStream().available() > 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    @DisplayName("do not change to HTTP/2, by a preface or by an upgrade")
    void noHttp2() throws IOException {
        assertThat(exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        String upgrade = String.join(
                "\r\n",
                "GET /version HTTP/1.1",
                "Host: x",
                "Connection: Upgrade, HTTP2-Settings, close",
                "Upgrade: h2c",
                "HTTP2-Settings: AAMAAABkAAQAAP__",
                "",
                "");
        assertThat(exchange(upgrade)).startsWith("HTTP/1.1 200 ").contains("gitVersion");
    }

    @Test
    @DisplayName("bring bodies that claim to be compressed, and nobody unpacks them")
    void compressed() throws IOException {
        java.io.ByteArrayOutputStream packed = new java.io.ByteArrayOutputStream();
        try (java.util.zip.GZIPOutputStream gzip = new java.util.zip.GZIPOutputStream(packed)) {
            gzip.write("{}".getBytes(StandardCharsets.US_ASCII));
        }
        try (Socket socket = connect()) {
            String head = String.join(
                    "\r\n",
                    "POST /api/v1/namespaces/default/configmaps HTTP/1.1",
                    "Host: x",
                    "Connection: close",
                    "Content-Type: application/json",
                    "Content-Encoding: gzip",
                    "Content-Length: " + packed.size(),
                    "",
                    "");
            send(socket, head);
            socket.getOutputStream().write(packed.toByteArray());
            assertThat(rest(socket)).startsWith("HTTP/1.1 4");
        }
    }

    @Test
    @DisplayName("that send a body too slowly lose their place, even when nobody reads it")
    void slowBody() throws IOException {
        try (Socket socket = connect()) {
            send(
                    socket,
                    "POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{");
            assertThat(rest(socket)).contains("HTTP/1.1 4");
        }
        try (Socket socket = connect()) {
            send(socket, "GET /version HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{");
            assertThat(rest(socket)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    @DisplayName("stay open between requests and answer requests that are sent ahead, in order")
    void keepAlive() throws IOException {
        try (Socket socket = connect()) {
            send(socket, VERSION + "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(until(socket, "ok")).contains("gitVersion");
            // Longer than the deadline of a head that has begun.
            await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
            send(socket, VERSION);
            until(socket, "gitVersion");
        }
    }

    @Test
    @DisplayName("that send hundreds of requests or chunks at once do not exhaust the stack")
    void manyAtOnce() throws IOException {
        try (Socket socket = connect()) {
            String one = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
            send(socket, one.repeat(700) + VERSION);
            until(socket, "gitVersion");
        }
        try (Socket socket = connect()) {
            send(
                    socket,
                    "POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n"
                            + "1\r\n \r\n".repeat(100_000) + "0\r\n\r\n");
            assertThat(rest(socket)).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    @DisplayName("with a watch end when more is sent than a head, and when they are closed behind unread requests")
    void sendAhead() throws IOException {
        try (Socket socket = connect()) {
            send(socket, WATCH);
            until(socket, "\r\n\r\n");
            await().until(() -> server.server.openWatches() == 1);
            send(socket, VERSION.repeat(2_000));
            rest(socket);
        }
        await().until(() -> server.server.openWatches() == 0);
        try (Socket socket = connect()) {
            send(socket, WATCH + VERSION.repeat(20));
            until(socket, "\r\n\r\n");
        }
        await().until(() -> server.server.openWatches() == 0);
    }

    @Test
    @DisplayName("that are to be closed after the answer carry a watch all the same")
    void closingWatch() throws IOException {
        try (Socket socket = connect()) {
            send(socket, WATCH.replace("Host: x", "Host: x\r\nConnection: close"));
            until(socket, "\r\n\r\n");
            await().until(() -> server.server.openWatches() == 1);
            server.post("/api/v1/nodes", "{\"metadata\":{\"name\":\"n1\"}}");
            assertThat(until(socket, "n1")).contains("ADDED");
        }
        await().until(() -> server.server.openWatches() == 0);
    }

    @Test
    @DisplayName("beyond the bound of requests in flight are told to come back")
    void inFlight() throws IOException {
        String question = "GET /api/v1/namespaces/default HTTP/1.1\r\nHost: x\r\n\r\n";
        CompletableFuture<Void> gate = new CompletableFuture<>();
        server.inMemory().answerAfter(gate);
        try (Socket one = connect();
                Socket two = connect()) {
            send(one, question);
            send(two, question);
            await().untilAsserted(() -> {
                TestServer.Reply reply = server.get("/version");
                assertThat(reply.status()).isEqualTo(429);
                assertThat(reply.header("Retry-After")).isEqualTo("1");
                assertThat(reply.at("/reason")).isEqualTo("TooManyRequests");
            });
            gate.complete(null);
            until(one, "default");
            until(two, "default");
        } finally {
            gate.complete(null);
        }
        await().until(() -> server.get("/version").status() == 200);
    }

    @Test
    @DisplayName("are refused to a server beyond loopback, and where somebody else listens")
    void places() throws Exception {
        assertThat(failure("0.0.0.0", 0)).contains("0.0.0.0").contains("without TLS and authentication");
        assertThat(failure("no-such-host.invalid", 0))
                .contains("no-such-host.invalid")
                .contains("no such host");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(failure("127.0.0.1", taken.getLocalPort()))
                    .contains("127.0.0.1:" + taken.getLocalPort())
                    .contains("is another process using the port?");
        }
    }

    private String failure(String host, int port) {
        ApiSettings settings =
                ApiSettings.from(server.backing.system().settings().config()).listeningOn(host, port);
        return String.valueOf(startFailure(settings));
    }

    private @Nullable Throwable startFailure(ApiSettings settings) {
        try {
            ApiServer.start(
                            server.backing.system(),
                            settings,
                            server.backing.registry(),
                            InstantSource.system(),
                            new Random(7))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(ApiStartException.class);
            return e.getCause();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("it started");
    }

    @Test
    @DisplayName("end when the server stops: watches at once, answers under way are finished, no new ones are taken")
    void drain() throws Exception {
        TestServer stopping = new TestServer("weft.api.drain-deadline = 10 s");
        try (Socket watch = new Socket(
                InetAddress.getLoopbackAddress(), stopping.server.address().getPort())) {
            watch.setSoTimeout(20_000);
            send(watch, WATCH);
            until(watch, "\r\n\r\n");
            await().until(() -> stopping.server.openWatches() == 1);
            var stopped = stopping.server.stop().toCompletableFuture();
            assertThat(rest(watch)).contains("0\r\n\r\n");
            stopped.get(5, TimeUnit.SECONDS);
            assertThat(stopping.server.openWatches()).isZero();
            assertThatThrownBy(() -> new Socket(
                                    InetAddress.getLoopbackAddress(),
                                    stopping.server.address().getPort())
                            .close())
                    .isInstanceOf(IOException.class);
        } finally {
            stopping.close();
        }
    }

    @Test
    @DisplayName("that are in use when the server stops are told so in an answer, and closed only after it")
    void lastAnswer() throws Exception {
        TestServer stopping = new TestServer("weft.api { drain-notice = 60 s, drain-deadline = 10 s }");
        try (Socket client = new Socket(
                InetAddress.getLoopbackAddress(), stopping.server.address().getPort())) {
            client.setSoTimeout(20_000);
            send(client, VERSION);
            assertThat(until(client, "gitVersion")).doesNotContainIgnoringCase("connection: close");
            var stopped = stopping.server.stop().toCompletableFuture();
            send(client, VERSION);
            assertThat(rest(client)).containsIgnoringCase("connection: close").contains("gitVersion");
            // Long before the notice is over: nobody is left.
            stopped.get(20, TimeUnit.SECONDS);
        } finally {
            stopping.close();
        }
    }

    @Test
    @DisplayName("get the answer that is under way when the server stops, however long after the notice it comes")
    void answerUnderWay() throws Exception {
        TestServer stopping = new TestServer("weft.api { drain-notice = 100 ms, drain-deadline = 60 s }");
        CompletableFuture<Boolean> written = new CompletableFuture<>();
        stopping.inMemory().answerWritesAfter(written);
        try (Socket client = new Socket(
                InetAddress.getLoopbackAddress(), stopping.server.address().getPort())) {
            String body = "{\"metadata\":{\"name\":\"late\"}}";
            send(
                    client,
                    "POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\nContent-Type: application/json"
                            + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            await().until(() ->
                    stopping.get("/api/v1/namespaces/default/configmaps/late").status() == 200);
            var stopped = stopping.server.stop().toCompletableFuture();
            client.setSoTimeout(2_000);
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(java.net.SocketTimeoutException.class);
            written.complete(true);
            client.setSoTimeout(20_000);
            assertThat(rest(client)).startsWith("HTTP/1.1 201").containsIgnoringCase("connection: close");
            stopped.get(20, TimeUnit.SECONDS);
        } finally {
            stopping.close();
        }
    }

    @Test
    @DisplayName("beyond the bound of connections wait until another has ended")
    void connections() throws Exception {
        TestServer small = new TestServer("weft.api.http.max-connections = 2");
        try (Socket one = new Socket(
                        InetAddress.getLoopbackAddress(), small.server.address().getPort());
                Socket two = new Socket(
                        InetAddress.getLoopbackAddress(), small.server.address().getPort());
                Socket three = new Socket(
                        InetAddress.getLoopbackAddress(), small.server.address().getPort())) {
            send(one, VERSION);
            until(one, "gitVersion");
            send(two, VERSION);
            until(two, "gitVersion");
            send(three, VERSION);
            three.setSoTimeout(500);
            assertThatThrownBy(() -> three.getInputStream().read()).isInstanceOf(java.net.SocketTimeoutException.class);
            one.close();
            three.setSoTimeout(20_000);
            until(three, "gitVersion");
        } finally {
            small.close();
        }
    }
}
