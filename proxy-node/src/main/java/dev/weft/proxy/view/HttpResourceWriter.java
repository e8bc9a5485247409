package dev.weft.proxy.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads and writes objects of an API server over HTTP. Safe for several threads. */
public final class HttpResourceWriter implements ResourceWriter {
    private static final long MAX_BODY_BYTES = 4 << 20;
    private static final String JSON = "application/json";

    private final ObjectMapper mapper = new ObjectMapper();
    private final String api;
    private final Duration timeout;
    private final ApiCredentials credentials;
    private final HttpClient client;

    /**
     * @param api e.g. {@code http://127.0.0.1:8001}
     * @param credentials what proves who writes
     * @param timeout of one request, to the last byte of its answer
     */
    public HttpResourceWriter(URI api, ApiCredentials credentials, Duration timeout) {
        String text = api.toString();
        this.api = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        this.timeout = timeout;
        this.credentials = credentials;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout);
        credentials.tls().ifPresent(builder::sslContext);
        this.client = builder.build();
    }

    @Override
    public CompletionStage<Answer> get(String path) {
        return send("GET", path, JSON, null);
    }

    @Override
    public CompletionStage<Answer> create(String path, JsonNode object) {
        return send("POST", path, JSON, object);
    }

    @Override
    public CompletionStage<Answer> replace(String path, JsonNode object) {
        return send("PUT", path, JSON, object);
    }

    @Override
    public CompletionStage<Answer> patch(String path, JsonNode operations) {
        return send("PATCH", path, "application/json-patch+json", operations);
    }

    private CompletionStage<Answer> send(String method, String path, String type, @Nullable JsonNode body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(api + path))
                .timeout(timeout)
                .header("Accept", JSON)
                .header("Content-Type", type)
                .header("User-Agent", "weft-proxy")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.toString()));
        credentials.token().get().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        CompletableFuture<HttpResponse<byte[]>> sent =
                client.sendAsync(request.build(), info -> new BoundedBody(MAX_BODY_BYTES));
        return sent.handle((response, failure) -> answer(response, failure));
    }

    private Answer answer(@Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
        if (response == null) {
            return new Answer(Result.FAILED, null, String.valueOf(failure));
        }
        int status = response.statusCode();
        JsonNode object;
        try {
            object = mapper.readTree(response.body());
        } catch (IOException e) {
            return new Answer(Result.FAILED, null, "status " + status + ", and the body cannot be read");
        }
        if (status / 100 == 2) {
            return new Answer(Result.DONE, object, "");
        }
        Result result = switch (status) {
            case 404 -> Result.MISSING;
            case 401, 403 -> Result.FORBIDDEN;
            case 409, 422 -> Result.CONFLICT;
            default -> Result.FAILED;
        };
        return new Answer(
                result, null, "status " + status + ": " + object.path("message").asText());
    }
}
