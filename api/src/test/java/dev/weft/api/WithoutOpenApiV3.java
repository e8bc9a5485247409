package dev.weft.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between a client and a server as if the server had no OpenAPI v3, and remembers what was asked. On request the server also
 * seems to validate nothing, so that the client must do it.
 */
final class WithoutOpenApiV3 implements AutoCloseable {
    /** What no request may carry on: they belong to the connection, or the client of the JDK sets them. */
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "host", "content-length", "transfer-encoding", "upgrade", "http2-settings", "expect");

    private final HttpServer listening;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String server;
    private final boolean withoutValidation;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    /** One request and the status of its answer. */
    record Seen(String method, String path, String accept, int status) {}

    /** @param withoutValidation whether the server is to seem unable to validate fields */
    WithoutOpenApiV3(String server, boolean withoutValidation) {
        this.server = server;
        this.withoutValidation = withoutValidation;
        try {
            listening = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        listening.setExecutor(threads);
        listening.createContext("/", this::relay);
        listening.start();
    }

    String url() {
        return "http://127.0.0.1:" + listening.getAddress().getPort();
    }

    /** What was asked so far. */
    List<Seen> seen() {
        return List.copyOf(seen);
    }

    private void relay(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().toString();
            byte[] asked = exchange.getRequestBody().readAllBytes();
            if (path.startsWith("/openapi/v3")) {
                answer(exchange, 404, "404 page not found\n".getBytes(StandardCharsets.UTF_8));
                return;
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                    .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(asked));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (!OF_THE_CONNECTION.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
            response.headers().map().forEach((name, values) -> {
                if (!OF_THE_CONNECTION.contains(name)) {
                    values.forEach(value -> exchange.getResponseHeaders().add(name, value));
                }
            });
            byte[] body = response.body();
            answer(exchange, response.statusCode(), path.startsWith("/openapi/") ? changed(body) : body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A name of the same length leaves every length in the binary form right. */
    private byte[] changed(byte[] body) {
        return withoutValidation
                ? new String(body, StandardCharsets.ISO_8859_1)
                        .replace("fieldValidation", "nothingOfTheSor")
                        .getBytes(StandardCharsets.ISO_8859_1)
                : body;
    }

    private void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        seen.add(new Seen(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                String.valueOf(exchange.getRequestHeaders().getFirst("Accept")),
                status));
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        listening.stop(0);
        threads.shutdownNow();
    }
}
