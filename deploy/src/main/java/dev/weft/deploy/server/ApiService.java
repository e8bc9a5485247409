package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ObjectClient;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.proxy.view.ResourceFeed;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the Service {@code kubernetes} and its Endpoints, on a thread of its own: its endpoints are the addresses that the
 * Nodes of ready control-plane processes name. Every process of a cluster does so, from the same Nodes, and so to the same end;
 * what is as it should be is not written. Objects of that name that somebody else made are left alone.
 */
final class ApiService implements ResourceFeed.Follower, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiService.class);
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final ObjectClient objects;
    private final ApiServiceObjects wanted;
    private final Duration repair;
    private final Semaphore news = new Semaphore(0);
    private final Map<String, URI> alive = new ConcurrentSkipListMap<>();
    private volatile boolean stopped;
    private String trouble = "";

    /** @param repair how often it is looked whether all is as it should be, where no Node changes */
    ApiService(ObjectClient objects, ApiServiceObjects wanted, Duration repair) {
        this.objects = objects;
        this.wanted = wanted;
        this.repair = repair;
    }

    /** Begins. */
    void start() {
        Thread thread = new Thread(this::run, "weft-api-service");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void replaced(List<JsonNode> nodes) {
        alive.keySet().retainAll(nodes.stream().map(ApiService::name).toList());
        nodes.forEach(this::note);
        news.release();
    }

    @Override
    public void changed(JsonNode node) {
        if (note(node)) {
            news.release();
        }
    }

    @Override
    public void deleted(JsonNode node) {
        if (alive.remove(name(node)) != null) {
            news.release();
        }
    }

    @Override
    public void unavailable(String reason) {
        // what was last known stays
    }

    /** Says whether that is news. */
    private boolean note(JsonNode node) {
        Optional<URI> api = NodeObjects.isReady(node) ? NodeObjects.api(node) : Optional.empty();
        URI before = api.isPresent() ? alive.put(name(node), api.get()) : alive.remove(name(node));
        return !Optional.ofNullable(before).equals(api);
    }

    private static String name(JsonNode node) {
        return node.path("metadata").path("name").asText();
    }

    private void run() {
        try {
            while (!stopped) {
                boolean any = news.tryAcquire(repair.toMillis(), TimeUnit.MILLISECONDS);
                if (any) {
                    news.drainPermits();
                }
                tryToReconcile();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tryToReconcile() {
        String before = trouble;
        try {
            trouble = stopped ? "" : reconcile(List.copyOf(alive.values()));
        } catch (CommandFailed e) {
            trouble = String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            trouble = e.toString();
        }
        if (!trouble.equals(before) && !stopped) {
            log.warn(
                    "The Service default/{} {}",
                    ApiServiceObjects.NAME,
                    trouble.isEmpty() ? "is kept again" : "is not kept: " + trouble);
        }
    }

    /** Says what is wrong, if anything is. */
    String reconcile(Collection<URI> apis) {
        if (apis.isEmpty()) {
            return "";
        }
        String service =
                ensure(ApiServiceObjects.SERVICES, wanted.service(apis), present -> wanted.change(present, apis));
        return service.isEmpty()
                ? ensure(
                        ApiServiceObjects.ENDPOINTS,
                        wanted.endpoints(apis),
                        present -> wanted.changeOfEndpoints(present, apis))
                : service;
    }

    private interface Difference {
        Optional<ObjectNode> from(JsonNode present);
    }

    private String ensure(String path, ObjectNode whole, Difference difference) {
        String one = path + "/" + ApiServiceObjects.NAME;
        ApiClient.Reply found = objects.get(one);
        if (found.status() == NOT_FOUND) {
            return told(objects.create(path, whole));
        }
        if (!found.ok()) {
            return found.message();
        }
        if (!ApiServiceObjects.isOurs(found.json())) {
            return one + " is somebody else's; it has no label provider=kubernetes";
        }
        return difference
                .from(found.json())
                .map(change -> told(objects.mergePatch(one, change)))
                .orElse("");
    }

    /** Another process may have been quicker. */
    private static String told(ApiClient.Reply reply) {
        return reply.ok() || reply.status() == CONFLICT ? "" : reply.message();
    }

    @Override
    public void close() {
        stopped = true;
        news.release();
    }
}
