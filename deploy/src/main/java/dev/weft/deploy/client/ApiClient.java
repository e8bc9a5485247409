package dev.weft.deploy.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.terminal.CommandFailed;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLException;

/** Makes requests to one API server; each call blocks until it is answered. */
public final class ApiClient implements ObjectClient {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);

    private final URI server;
    private final ApiAccess access;
    private final HttpClient http;
    private final Duration patience;
    private final ObjectMapper json = new ObjectMapper();

    /** @param server e.g. {@code http://127.0.0.1:8001} */
    public ApiClient(URI server) {
        this(ApiAccess.open(server));
    }

    /** A server that asks who calls. */
    public ApiClient(ApiAccess access) {
        this(access, httpOf(access), REQUEST_TIMEOUT);
    }

    private ApiClient(ApiAccess access, HttpClient http, Duration patience) {
        this.server = access.server();
        this.access = access;
        this.http = http;
        this.patience = patience;
    }

    private static HttpClient httpOf(ApiAccess access) {
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
        access.tls().ifPresent(builder::sslContext);
        return builder.build();
    }

    /** The same client with another patience: how long it waits for an answer at most. */
    public ApiClient patient(Duration atMost) {
        return new ApiClient(access, http, atMost);
    }

    /** Whom it asks. */
    public URI server() {
        return server;
    }

    /**
     * What came back.
     *
     * @param status the HTTP status
     * @param text the body as it came
     * @param json the body, missing where it was not JSON
     */
    public record Reply(int status, String text, JsonNode json) {
        public boolean ok() {
            return status >= 200 && status < 300;
        }

        /** Why it was refused, in the server's words. */
        public String message() {
            return json.path("message").asText(text.strip());
        }
    }

    @Override
    public Reply get(String path) {
        return send("GET", path, "application/json", null);
    }

    @Override
    public Reply create(String path, JsonNode object) {
        return send("POST", path, "application/json", object);
    }

    /** Replaces an object, or a subresource such as {@code …/status}. */
    public Reply replace(String path, JsonNode object) {
        return send("PUT", path, "application/json", object);
    }

    @Override
    public Reply mergePatch(String path, JsonNode change) {
        return send("PATCH", path, "application/merge-patch+json", change);
    }

    public Reply delete(String path) {
        return send("DELETE", path, "application/json", null);
    }

    /** Removes with {@code DeleteOptions}. */
    public Reply delete(String path, JsonNode options) {
        return send("DELETE", path, "application/json", options);
    }

    /** Asks for a token of a service account; a refusal ends the command with the server's reason. */
    public String token(String namespace, String account, Duration valid) {
        ObjectNode request = json.createObjectNode();
        request.put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
        request.putObject("spec").put("expirationSeconds", valid.toSeconds());
        String path = "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + account + "/token";
        return accepted("a token", create(path, request))
                .json()
                .at("/status/token")
                .asText();
    }

    /** Like {@link #get}, but anything else than success ends the command with the server's reason. */
    public JsonNode require(String path) {
        return accepted("GET " + path, get(path)).json();
    }

    /** Ends the command with the server's reason unless a reply says success. */
    public Reply accepted(String what, Reply reply) {
        if (!reply.ok()) {
            throw CommandFailed.failed(server + " refused " + what + ": " + reply.status() + " " + reply.message());
        }
        return reply;
    }

    private Reply send(
            String method, String path, String contentType, @org.jspecify.annotations.Nullable JsonNode body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path)).timeout(patience).header("Accept", "application/json");
        access.token().get().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", contentType).method(method, BodyPublishers.ofString(body.toString()));
        }
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body(), parse(response.body()));
        } catch (HttpTimeoutException e) {
            throw CommandFailed.away(
                    server + " did not answer " + method + " " + path + " in time; is it overloaded or stopped?", e);
        } catch (ConnectException e) {
            throw CommandFailed.away(
                    "cannot reach " + server + "; is the server running, and is this its --api address?", e);
        } catch (SSLException e) {
            if (e.getCause() instanceof EOFException) { // nobody is behind whoever listens there
                throw brokeOff(method, path, e);
            }
            throw CommandFailed.failed(
                    "there is no trust between " + server + " and this command: "
                            + Objects.requireNonNullElse(e.getMessage(), e.toString())
                            + "; is this the kubeconfig, or the --data or --ca, of that server?",
                    e);
        } catch (IOException e) {
            throw brokeOff(method, path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.failed("interrupted while asking " + server, e);
        }
    }

    private CommandFailed brokeOff(String method, String path, IOException e) {
        return CommandFailed.away(
                server + " broke off at " + method + " " + path + ": "
                        + Objects.requireNonNullElse(e.getMessage(), e.toString()),
                e);
    }

    private JsonNode parse(String text) {
        try {
            JsonNode tree = json.readTree(text);
            return tree == null ? MissingNode.getInstance() : tree;
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }
}
