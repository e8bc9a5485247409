package dev.weft.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** An API server on a free port of loopback over a registry, and a client for it. */
final class TestServer implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    final TestBacking backing;
    final ApiServer server;
    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Over a registry in memory. */
    TestServer() {
        this("");
    }

    /** @param overrides of the configuration */
    TestServer(String overrides) {
        this(new InMemoryBacking(overrides));
    }

    /** Over a registry of the test's choice, which ends with this. */
    TestServer(TestBacking backing) {
        this(backing, 0);
    }

    /** @param port where it listens; 0 for any that is free */
    TestServer(TestBacking backing, int port) {
        this.backing = backing;
        ApiSettings settings =
                ApiSettings.from(backing.system().settings().config()).listeningOn("127.0.0.1", port);
        try {
            server = ApiServer.start(
                            backing.system(), settings, backing.registry(), InstantSource.system(), new Random(7))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            backing.close();
            throw new IllegalStateException("the server did not start", e);
        }
    }

    InMemoryRegistry inMemory() {
        return (InMemoryRegistry) backing.registry();
    }

    String url() {
        return "http://127.0.0.1:" + server.address().getPort();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(20));
    }

    Reply get(String path) {
        return send(request(path).GET());
    }

    Reply get(String path, String accept) {
        return send(request(path).header("Accept", accept).GET());
    }

    Reply post(String path, String json) {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    Reply put(String path, String json) {
        return send(request(path).header("Content-Type", "application/json").PUT(BodyPublishers.ofString(json)));
    }

    Reply patch(String path, String type, String json) {
        return send(request(path).header("Content-Type", type).method("PATCH", BodyPublishers.ofString(json)));
    }

    Reply delete(String path, String json) {
        BodyPublisher body = json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json);
        return send(request(path).header("Content-Type", "application/json").method("DELETE", body));
    }

    Reply send(HttpRequest.Builder request) {
        try {
            return new Reply(client.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        backing.close();
    }

    /** An answer. */
    record Reply(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        String text() {
            return new String(response.body(), java.nio.charset.StandardCharsets.UTF_8);
        }

        JsonNode json() {
            try {
                return MAPPER.readTree(response.body());
            } catch (IOException e) {
                throw new UncheckedIOException("not JSON: " + text(), e);
            }
        }

        String at(String pointer) {
            return json().at(pointer).asText();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }
}
