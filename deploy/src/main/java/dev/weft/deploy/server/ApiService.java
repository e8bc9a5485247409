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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the Service {@code kubernetes} and its Endpoints, on a thread of its own: its endpoints are the addresses that the
 * Nodes of ready control-plane processes name. Every process of a cluster does so, from the same Nodes, and so to the same end;
 * what is as it should be is not written. Objects of that name that somebody else made are left alone. A process that leaves
 * takes its own endpoint off before it ends.
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
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile String leaving = "";
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
                if (!stopped) {
                    tryTo(this::reconcile);
                }
            }
            if (!leaving.isEmpty()) {
                tryTo(apis -> apis.isEmpty() ? "" : reconcileEndpoints(apis));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.complete(null);
        }
    }

    private void tryTo(Function<Collection<URI>, String> keep) {
        String before = trouble;
        try {
            trouble = keep.apply(staying());
        } catch (CommandFailed e) {
            trouble = String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            trouble = e.toString();
        }
        if (!trouble.equals(before) && (!stopped || !leaving.isEmpty())) {
            log.warn(
                    "The Service default/{} {}",
                    ApiServiceObjects.NAME,
                    trouble.isEmpty() ? "is kept again" : "is not kept: " + trouble);
        }
    }

    /** The addresses of those who are ready, but for a process of a Node that leaves: its own news may be under way yet. */
    private List<URI> staying() {
        return alive.entrySet().stream()
                .filter(each -> !each.getKey().equals(leaving))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Says what is wrong, if anything is. */
    String reconcile(Collection<URI> apis) {
        if (apis.isEmpty()) {
            return "";
        }
        String service =
                ensure(ApiServiceObjects.SERVICES, wanted.service(apis), present -> wanted.change(present, apis));
        return service.isEmpty() ? reconcileEndpoints(apis) : service;
    }

    private String reconcileEndpoints(Collection<URI> apis) {
        return ensure(
                ApiServiceObjects.ENDPOINTS,
                wanted.endpoints(apis),
                present -> wanted.changeOfEndpoints(present, apis));
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

    /**
     * Takes the endpoint of this process off, unless it is the only one, and keeps nothing any more. Completes when that is
     * done or has failed, which takes as long as the registry takes to answer.
     *
     * @param node the name of the Node of this process
     */
    CompletionStage<Void> leave(String node) {
        leaving = node;
        close();
        return ended.minimalCompletionStage();
    }

    @Override
    public void close() {
        stopped = true;
        news.release();
    }
}
