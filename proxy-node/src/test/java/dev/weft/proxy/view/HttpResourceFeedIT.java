package dev.weft.proxy.view;

import static dev.weft.proxy.Patience.LONG;
import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("the feed over HTTP")
@Timeout(300)
class HttpResourceFeedIT {
    private static final String PATH = "/api/v1/services";

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private @Nullable HttpResourceFeed feed;
    private ResourceFeed.@Nullable Subscription subscription;

    /** A request that waits for the test to answer it by hand. */
    private record Request(String target, Socket socket) {
        private void status(int status, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            write(("HTTP/1.1 " + status + " X\r\nContent-Length: " + bytes.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            write(bytes);
        }

        private void begin() throws IOException {
            write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        }

        private void chunk(byte[] bytes, int from, int to) throws IOException {
            write((Integer.toHexString(to - from) + "\r\n").getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(bytes, from, to - from);
            write("\r\n".getBytes(StandardCharsets.UTF_8));
        }

        private void line(String text) throws IOException {
            byte[] bytes = (text.replace('\'', '"') + "\n").getBytes(StandardCharsets.UTF_8);
            chunk(bytes, 0, bytes.length);
        }

        private void end() throws IOException {
            write("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        }

        private void write(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        }
    }

    @BeforeEach
    void serve() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getByName("127.81.7.1"));
        Thread acceptor = new Thread(this::accept, "scripted api");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private void follow(Duration silence) {
        FeedSettings settings = new FeedSettings(
                LONG,
                LONG,
                LONG,
                silence,
                Duration.ofMillis(10),
                Duration.ofMillis(50),
                Duration.ofMillis(50),
                2,
                1 << 20,
                1 << 16);
        HttpResourceFeed following = new HttpResourceFeed(
                URI.create("http://127.81.7.1:" + server.getLocalPort()), settings, new SplittableRandom(3));
        feed = following;
        subscription = following.follow(PATH, new ResourceFeed.Follower() {
            @Override
            public void replaced(List<JsonNode> objects) {
                heard.add("replaced " + objects.stream().map(o -> name(o)).toList());
            }

            @Override
            public void changed(JsonNode object) {
                heard.add("changed " + name(object));
            }

            @Override
            public void deleted(JsonNode object) {
                heard.add("deleted " + name(object));
            }

            @Override
            public void unavailable(String reason) {
                heard.add("unavailable");
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        if (subscription != null && feed != null) {
            subscription.stop();
            feed.close();
        }
        server.close();
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread reader = new Thread(() -> read(socket), "scripted connection");
                reader.setDaemon(true);
                reader.start();
            } catch (IOException e) {
                return; // closed by the test
            }
        }
    }

    private void read(Socket socket) {
        try {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (String first = in.readLine(); first != null; first = in.readLine()) {
                while (!in.readLine().isEmpty()) {
                    // headers do not matter here
                }
                requests.add(new Request(first.split(" ", -1)[1], socket));
            }
        } catch (IOException e) {
            // the client has gone
        }
    }

    private Request next(String expected) throws InterruptedException {
        if (feed == null) {
            follow(LONG);
        }
        Request request = requests.poll(60, TimeUnit.SECONDS);
        assertThat(request).as("a request with " + expected).isNotNull();
        assertThat(request.target()).startsWith(PATH).contains(expected);
        return request;
    }

    private static String list(String version, String next, String... names) {
        String items = String.join(
                ",", List.of(names).stream().map(HttpResourceFeedIT::object).toList());
        return ("{'metadata':{'resourceVersion':'" + version + "','continue':'" + next + "'},'items':[" + items + "]}")
                .replace('\'', '"');
    }

    private static String object(String name) {
        return "{'metadata':{'namespace':'d','name':'" + name + "','resourceVersion':'11'}}";
    }

    private static String event(String type, String name, String version) {
        return "{'type':'" + type + "','object':{'metadata':{'name':'" + name + "','resourceVersion':'" + version
                + "'}}}";
    }

    private void awaitHeard(String... events) {
        await().untilAsserted(() -> assertThat(heard).containsExactly(events));
    }

    private Request listedAndWatching() throws Exception {
        next("limit=2").status(200, list("10", "", "a"));
        Request watch = next("watch=true");
        assertThat(watch.target()).contains("resourceVersion=10").contains("allowWatchBookmarks=true");
        watch.begin();
        return watch;
    }

    @Test
    @DisplayName("lists page by page, then watches from the list's version")
    void listsPages() throws Exception {
        next("limit=2").status(200, list("9", "more/+", "a", "b"));
        next("continue=more%2F%2B").status(200, list("9", "", "c"));
        next("resourceVersion=9");
        awaitHeard("replaced [a, b, c]");
    }

    @Test
    @DisplayName("tells each event in order, wherever chunks end, even inside of a character")
    void anyChunks() throws Exception {
        Request watch = listedAndWatching();
        byte[] lines = (event("ADDED", "zwölf-\uD83D\uDE00", "11") + "\n" + event("MODIFIED", "a", "12") + "\n"
                        + event("DELETED", "a", "13") + "\n")
                .replace('\'', '"')
                .getBytes(StandardCharsets.UTF_8);
        SplittableRandom random = new SplittableRandom(20261121);
        for (int from = 0; from < lines.length; ) {
            int to = Math.min(lines.length, from + random.nextInt(1, 4));
            watch.chunk(lines, from, to);
            from = to;
        }
        awaitHeard("replaced [a]", "changed zwölf-\uD83D\uDE00", "changed a", "deleted a");
    }

    @Test
    @DisplayName("resumes from the last bookmark when the connection breaks, and clears nothing")
    void resumes() throws Exception {
        Request watch = listedAndWatching();
        watch.line(event("ADDED", "b", "12"));
        watch.line("{'type':'BOOKMARK','object':{'metadata':{'resourceVersion':'40'}}}");
        awaitHeard("replaced [a]", "changed b");
        watch.socket().setSoLinger(true, 0);
        watch.socket().close();

        Request again = next("resourceVersion=40");
        again.begin();
        again.line(event("MODIFIED", "b", "41"));
        await().untilAsserted(() -> assertThat(heard).endsWith("changed b").hasSize(4));
        assertThat(heard).containsExactly("replaced [a]", "changed b", "unavailable", "changed b");
    }

    @Test
    @DisplayName("goes on from where it stood when the server ends the watch in good order")
    void endedInOrder() throws Exception {
        Request watch = listedAndWatching();
        watch.line(event("ADDED", "b", "12"));
        watch.end();
        next("resourceVersion=12");
        awaitHeard("replaced [a]", "changed b");
    }

    @Test
    @DisplayName("lists again when the version is gone, by status or by event")
    void gone() throws Exception {
        Request watch = listedAndWatching();
        watch.line("{'type':'ERROR','object':{'kind':'Status','code':410,'message':'too old'}}");
        next("limit=2").status(200, list("50", "", "x"));
        next("resourceVersion=50").status(410, "{}");
        next("limit=2").status(200, list("60", "", "y"));
        next("resourceVersion=60");
        awaitHeard("replaced [a]", "replaced [x]", "replaced [y]");
    }

    @Test
    @DisplayName("gives up a watch that is silent for too long, and resumes it")
    void silence() throws Exception {
        follow(Duration.ofSeconds(2));
        listedAndWatching();
        next("resourceVersion=10");
        assertThat(heard).startsWith("replaced [a]", "unavailable");
    }

    @Test
    @DisplayName("keeps trying while the server fails, and says so")
    void failing() throws Exception {
        next("limit=2").status(503, "away");
        next("limit=2").status(200, "not json");
        next("limit=2").status(200, list("70", "", "z"));
        next("resourceVersion=70");
        awaitHeard("unavailable", "unavailable", "replaced [z]");
    }
}
