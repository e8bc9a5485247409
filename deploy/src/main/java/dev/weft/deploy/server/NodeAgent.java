package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ObjectClient;
import dev.weft.deploy.terminal.CommandFailed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers this process as a Node and gives signs of life for it, as a kubelet does, on a thread of its own. A Node of the
 * same name that somebody else registered (a kubelet, a person) is left alone.
 *
 * <p>Level-triggered: each beat looks at what is there and puts right what is not, so that it makes no difference how long
 * the control plane was away. Without signs it is missed after a grace, and its Pods with it; the Lease stays, so that one
 * that comes back within the grace was never missed. One that leaves says so of its Node, which is not ready from then on.
 */
final class NodeAgent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeAgent.class);
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final ObjectClient objects;
    private final NodeObjects node;
    private final Duration heartbeat;
    private final InstantSource clock;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean leaving;
    private boolean introduced;
    private String trouble = "";

    private NodeAgent(ObjectClient objects, NodeObjects node, Duration heartbeat, InstantSource clock) {
        this.objects = objects;
        this.node = node;
        this.heartbeat = heartbeat;
        this.clock = clock;
    }

    /** Gives the first sign at once, and goes on whatever comes of it. */
    static NodeAgent start(ObjectClient objects, NodeObjects node, Duration heartbeat, InstantSource clock) {
        NodeAgent agent = new NodeAgent(objects, node, heartbeat, clock);
        agent.tryToBeat();
        Thread thread = new Thread(agent::run, "weft-node-agent");
        thread.setDaemon(true);
        thread.start();
        return agent;
    }

    private void run() {
        try {
            while (!stopped.await(heartbeat.toMillis(), TimeUnit.MILLISECONDS)) {
                tryToBeat();
            }
            if (leaving) {
                tryToSayStopped();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.complete(null);
        }
    }

    private void tryToBeat() {
        String before = trouble;
        try {
            trouble = beat();
        } catch (CommandFailed e) {
            trouble = String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            trouble = e.toString();
        }
        if (!trouble.equals(before)) {
            log.warn(
                    "The Node {} {}",
                    node.name(),
                    trouble.isEmpty() ? "gives signs of life again" : "gives no sign of life: " + trouble);
        }
    }

    /** Says what is wrong, if anything is. */
    private String beat() {
        ApiClient.Reply found = objects.get("/api/v1/nodes/" + node.name());
        if (found.status() == NOT_FOUND) {
            found = objects.create("/api/v1/nodes", node.node(clock.instant()));
            introduced = found.ok();
        }
        if (!found.ok()) {
            return found.message();
        }
        JsonNode present = found.json();
        if (!NodeObjects.isOurs(present)) {
            return "somebody else registered a Node of that name";
        }
        if (!introduced || !NodeObjects.isReady(present)) {
            ApiClient.Reply said = introduce();
            if (!said.ok()) {
                return said.message();
            }
            introduced = true;
        }
        return renew(present.path("metadata").path("uid").asText());
    }

    private void tryToSayStopped() {
        try {
            String wrong = sayStopped();
            if (!wrong.isEmpty()) {
                logUnsaid(wrong);
            }
        } catch (RuntimeException e) {
            logUnsaid(e.toString());
        }
    }

    private void logUnsaid(String why) {
        log.warn("The Node {} is ready until it is missed, though it was stopped: {}", node.name(), why);
    }

    /** Says what is wrong, if anything is. */
    private String sayStopped() {
        String path = "/api/v1/nodes/" + node.name();
        ApiClient.Reply found = objects.get(path);
        if (found.status() == NOT_FOUND) {
            return "";
        }
        if (!found.ok()) {
            return found.message();
        }
        if (!NodeObjects.isOurs(found.json()) || !NodeObjects.isReady(found.json())) {
            return "";
        }
        ApiClient.Reply said = objects.mergePatch(path + "/status", NodeObjects.stopped(found.json(), clock.instant()));
        return said.ok() ? "" : said.message();
    }

    private ApiClient.Reply introduce() {
        ApiClient.Reply labelled = objects.mergePatch("/api/v1/nodes/" + node.name(), node.labels());
        return labelled.ok()
                ? objects.mergePatch("/api/v1/nodes/" + node.name() + "/status", node.status(clock.instant()))
                : labelled;
    }

    private String renew(String uid) {
        ApiClient.Reply renewed = objects.mergePatch(LEASES + "/" + node.name(), node.renewal(clock.instant()));
        if (renewed.status() == NOT_FOUND) {
            renewed = objects.create(LEASES, node.lease(uid, heartbeat, clock.instant()));
        }
        return renewed.ok() || renewed.status() == CONFLICT ? "" : renewed.message();
    }

    /**
     * Ends the signs of life, and says of the Node that it was stopped. Completes when that is done or has failed, which
     * takes as long as the registry takes to answer.
     */
    CompletionStage<Void> leave() {
        leaving = true;
        close();
        return ended.minimalCompletionStage();
    }

    /** Ends the signs of life; nothing is said about the Node. */
    @Override
    public void close() {
        stopped.countDown();
    }
}
