package dev.weft.deploy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.gossip.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * An API server that has some collections of standard kinds and forbids all else, as Kubernetes does before it looks what
 * there is; asks for a token, and remembers who asked for what. Its watches bring one bookmark, and then nothing.
 */
final class PlainKubernetes implements AutoCloseable {
    private final String token;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, String> collections = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    @SuppressWarnings("AddressSelection") // a literal address has no alternatives
    PlainKubernetes(HostPort address, String token) throws IOException {
        this.token = token;
        server = HttpServer.create(new InetSocketAddress(address.host(), address.port()), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort();
    }

    /** @param items the objects, as JSON, with commas between */
    void put(String path, String items) {
        collections.put(path, items);
    }

    /** Method and path of each, with {@code ?watch} behind that of a watch. */
    List<String> requests() {
        return requests;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            boolean watch = query.contains("watch=true");
            requests.add(exchange.getRequestMethod() + " " + path + (watch ? "?watch" : ""));
            String items = collections.get(path);
            if (!("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                reply(
                        exchange,
                        401,
                        "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"Unauthorized\",\"code\":401}");
            } else if (items == null) {
                reply(
                        exchange,
                        403,
                        "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"forbidden\",\"code\":403}");
            } else if (watch) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody()
                        .write("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"7\"}}}\n"
                                .getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
                closed.await(5, TimeUnit.MINUTES);
            } else {
                reply(exchange, 200, "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[" + items + "]}");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void reply(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
