package dev.weft.deploy.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.gossip.HostPort;
import dev.weft.registry.testbed.History;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Watches all ConfigMaps; whenever its stream ends or falls silent it resumes with its last version on another node. */
final class Observer implements Runnable {
    static final String ALL = "/api/v1/configmaps";
    private static final int SILENCE_MILLIS = 3_000;
    private static final long PAUSE_NANOS = 50_000_000;

    private final ObjectMapper json = new ObjectMapper();
    private final String name;
    private final List<HostPort> servers;
    private final Random random;
    private final History history;
    private volatile History.@Nullable Epoch epoch;
    private volatile boolean stopping;
    private final AtomicInteger resumed = new AtomicInteger();

    Observer(String name, List<HostPort> servers, long seed, History history) {
        this.name = name;
        this.servers = servers;
        this.random = new Random(seed);
        this.history = history;
    }

    void stop() {
        stopping = true;
    }

    /** How far it has seen everything. */
    long upTo() {
        History.Epoch now = epoch;
        return now == null ? 0 : now.upTo();
    }

    int resumed() {
        return resumed.get();
    }

    @Override
    public void run() {
        while (!stopping) {
            HostPort server = servers.get(random.nextInt(servers.size()));
            try {
                History.Epoch now = epoch;
                if (now == null) {
                    list(server);
                } else {
                    resumed.incrementAndGet();
                    watch(server, now);
                }
            } catch (IOException e) {
                // the next node
            } catch (RuntimeException e) {
                history.violation(name + " broke: " + e);
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void list(HostPort server) throws IOException {
        OneShot.Reply reply = OneShot.send(server, "GET", ALL, null);
        if (reply.ok()) {
            epoch = history.open(name, reply.version());
        }
    }

    /** Reads the lines of a stream past the marks of its chunks: an event is a line that begins an object. */
    @SuppressWarnings("AddressSelection") // a literal address
    private void watch(HostPort server, History.Epoch now) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server.host(), server.port()), SILENCE_MILLIS);
            socket.setSoTimeout(SILENCE_MILLIS);
            String head = "GET " + ALL + "?watch=1&allowWatchBookmarks=true&resourceVersion=" + now.upTo()
                    + " HTTP/1.1\r\nHost: " + server + "\r\nAccept: application/json\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null && !stopping; line = lines.readLine()) {
                if (line.startsWith("HTTP/1.1 410")) {
                    epoch = null;
                    return;
                }
                if (line.startsWith("{\"type\"") && !heard(now, json.readTree(line))) {
                    return;
                }
            }
        }
    }

    private boolean heard(History.Epoch now, JsonNode event) {
        String type = event.path("type").asText();
        JsonNode object = event.path("object");
        if (type.equals("ERROR")) {
            if (object.path("code").asInt() == 410) {
                epoch = null;
            }
            return false;
        }
        history.saw(
                now,
                type,
                object.at("/metadata/name").asText(),
                object.at("/metadata/resourceVersion").asLong());
        return true;
    }
}
