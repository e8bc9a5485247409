package dev.weft.deploy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.weft.deploy.client.ApiClient;
import dev.weft.proxy.view.FeedSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Who waits for the first answer of an API server")
class FirstAnswerIT {
    private static final FeedSettings PAUSES = new FeedSettings(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofMinutes(5),
            Duration.ofSeconds(90),
            Duration.ofMillis(5),
            Duration.ofMillis(20),
            Duration.ofSeconds(30),
            500,
            1 << 20,
            1 << 20);

    private final Deque<Integer> statuses = new ConcurrentLinkedDeque<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final HttpServer server;

    FirstAnswerIT() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            Integer status = statuses.size() > 1 ? statuses.removeFirst() : statuses.getFirst();
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void end() {
        server.stop(0);
    }

    @Test
    @DisplayName("asks one again that cannot answer yet")
    void asksAgain() {
        statuses.addAll(List.of(503, 429, 500, 200));
        assertThat(answer().to("/any")).map(ApiClient.Reply::status).contains(200);
    }

    @Test
    @DisplayName("takes a no for an answer")
    void takesNo() {
        statuses.addAll(List.of(401, 200));
        assertThat(answer().to("/any")).map(ApiClient.Reply::status).contains(401);
    }

    @Test
    @DisplayName("waits no longer than until it is told to stop")
    void stops() {
        statuses.add(503);
        stop.countDown();
        assertThat(answer().to("/any")).isEmpty();
    }

    private FirstAnswer answer() {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return new FirstAnswer(new ApiClient(uri), PAUSES, new Random(1), stop);
    }
}
