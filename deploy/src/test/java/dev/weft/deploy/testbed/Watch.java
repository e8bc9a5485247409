package dev.weft.deploy.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** An open watch over the REST API; keeps what it has heard. */
public final class Watch implements AutoCloseable {
    private final InputStream body;
    private final List<String> heard = new CopyOnWriteArrayList<>();

    private Watch(InputStream body) {
        this.body = body;
        Thread reader = new Thread(this::read, "watch");
        reader.setDaemon(true);
        reader.start();
    }

    /** Opens one; the path says {@code watch=1}. */
    public static Watch of(TestServer server, String path) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.apiUrl() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            throw new AssertionError("the watch was refused: " + answer.statusCode());
        }
        return new Watch(answer.body());
    }

    private void read() {
        ObjectMapper json = new ObjectMapper();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode event = json.readTree(line);
                heard.add(event.path("type").asText() + " "
                        + event.at("/object/metadata/name").asText());
            }
        } catch (IOException e) {
            heard.add("ended");
        }
    }

    /** Waits until this kind of event came for an object of this name. */
    public void await(String type, String name, Duration atMost) {
        Awaitility.await("the watch hears of " + type + " " + name)
                .atMost(atMost)
                .until(() -> heard.contains(type + " " + name));
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
