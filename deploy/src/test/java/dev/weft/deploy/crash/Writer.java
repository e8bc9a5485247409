package dev.weft.deploy.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.gossip.HostPort;
import dev.weft.registry.testbed.History;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads objects of its own through all nodes in turn. It is the only one who writes them, and does so one after
 * the other, so that it knows what a read must show.
 */
final class Writer implements Runnable {
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");
    private static final long PAUSE_NANOS = 3_000_000;
    private static final int PATIENCE_MILLIS = 13_000;

    private final String name;
    private final List<HostPort> servers;
    private final List<String> namespaces;
    private final int patience;
    private final Random random;
    private final History history;
    private final Map<String, Known> certain = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private final List<String> cut = new ArrayList<>();
    private volatile boolean stopping;
    private int made;

    /** Writes to the namespaces that are always there. */
    Writer(String name, List<HostPort> servers, long seed, History history) {
        this(name, servers, NAMESPACES, seed, history, PATIENCE_MILLIS);
    }

    /** @param patience for an answer, in milliseconds */
    Writer(String name, List<HostPort> servers, List<String> namespaces, long seed, History history, int patience) {
        this.name = name;
        this.servers = servers;
        this.namespaces = namespaces;
        this.patience = patience;
        this.random = new Random(seed);
        this.history = history;
    }

    private record Known(String path, long version, int content) {}

    void stop() {
        stopping = true;
    }

    /** Requests that were sent and not carried out, in the servers' words. */
    List<String> failures() {
        return failures;
    }

    /** Those of them that got no word at all. */
    List<String> cut() {
        return cut;
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                step();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (RuntimeException e) {
            history.violation(name + " broke: " + e);
        }
    }

    private void step() {
        int kind = random.nextInt(100);
        if (certain.isEmpty() || kind < 40) {
            create();
            return;
        }
        List<String> names = List.copyOf(certain.keySet());
        String object = names.get(random.nextInt(names.size()));
        Known known = certain.get(object);
        if (kind < 70) {
            change(object, known, "PUT", known.content() + 1, "MODIFIED");
        } else if (kind < 80) {
            change(object, known, "DELETE", History.ABSENT, "DELETED");
        } else {
            read(object, known);
        }
    }

    private void create() {
        String object = name + "-" + made++;
        String collection = "/api/v1/namespaces/" + namespaces.get(random.nextInt(namespaces.size())) + "/configmaps";
        Known nothing = new Known(collection + "/" + object, 0, History.ABSENT);
        try {
            OneShot.Reply reply = send("POST", collection, body(object, 0, 1));
            if (reply.ok()) {
                done(object, nothing, reply.version(), 1, "ADDED");
            } else {
                refused(object, nothing, 1, reply);
            }
        } catch (OneShot.NotSent e) {
            return;
        } catch (IOException e) {
            cut.add(object + ": " + e);
            unanswered(object, nothing, 1, e.toString());
        }
    }

    private void change(String object, Known known, String method, int content, String event) {
        try {
            ObjectNode body = method.equals("PUT") ? body(object, known.version(), content) : preconditions(known);
            OneShot.Reply reply = send(method, known.path(), body);
            if (reply.ok()) {
                long version = method.equals("PUT")
                        ? reply.version()
                        : reply.json().at("/metadata/resourceVersion").asLong();
                done(object, known, version, content, event);
            } else {
                refused(object, known, content, reply);
            }
        } catch (OneShot.NotSent e) {
            return;
        } catch (IOException e) {
            cut.add(object + ": " + e);
            unanswered(object, known, content, e.toString());
        }
    }

    private void done(String object, Known before, long version, int content, String event) {
        // A deletion is answered with a Status that names no version.
        if (version != 0 && version <= before.version()) {
            history.violation(object + " went from version " + before.version() + " to " + version);
        }
        if (content == History.ABSENT) {
            certain.remove(object);
            history.doubtful(object, Set.of(History.ABSENT));
        } else {
            certain.put(object, new Known(before.path(), version, content));
            history.acknowledged(event, object, version, content);
        }
    }

    private void refused(String object, Known known, int wanted, OneShot.Reply reply) {
        String said = object + ": " + reply.status() + " "
                + reply.json().path("message").asText();
        switch (reply.status()) {
            case 429, 503, 507 -> failures.add(said);
            case 404, 409, 422 -> history.violation("it was to be at " + known + ", but " + said);
            default -> unanswered(object, known, wanted, said);
        }
    }

    private void unanswered(String object, Known known, int wanted, String why) {
        failures.add(object + ": " + why);
        certain.remove(object);
        history.doubtful(object, Set.of(known.content(), wanted));
    }

    private void read(String object, Known known) {
        try {
            OneShot.Reply reply = send("GET", known.path(), null);
            if (reply.ok()
                    ? reply.version() != known.version()
                            || reply.json().at("/data/n").asInt() != known.content()
                    : reply.status() < 429 && reply.status() != 408) {
                history.violation("it was to be at " + known + ", but a read of " + object + " said " + reply.status()
                        + " " + reply.json());
            } else if (!reply.ok()) {
                failures.add("read of " + object + ": " + reply.status() + " "
                        + reply.json().path("message").asText());
            }
        } catch (IOException e) {
            // another time
        }
    }

    private OneShot.Reply send(String method, String path, @Nullable JsonNode body) throws IOException {
        return OneShot.send(servers.get(random.nextInt(servers.size())), method, path, body, patience);
    }

    private static ObjectNode body(String name, long version, int content) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", "v1").put("kind", "ConfigMap");
        ObjectNode metadata = object.putObject("metadata").put("name", name);
        if (version != 0) {
            metadata.put("resourceVersion", Long.toString(version));
        }
        object.putObject("data").put("n", Integer.toString(content));
        return object;
    }

    private static ObjectNode preconditions(Known known) {
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        options.put("apiVersion", "v1").put("kind", "DeleteOptions");
        options.putObject("preconditions").put("resourceVersion", Long.toString(known.version()));
        return options;
    }
}
