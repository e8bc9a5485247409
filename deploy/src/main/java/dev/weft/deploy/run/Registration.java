package dev.weft.deploy.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.terminal.CommandFailed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the Pod's records in step with the command, on a thread of its own: each beat looks at what is there and puts right
 * what is not. So it makes no difference how long the control plane was away, or whether it has forgotten the Pod.
 */
final class Registration {
    private static final Duration BEAT = Duration.ofMillis(600);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration TAKE_OVER =
            Duration.ofSeconds(PodObjects.LEASE_SECONDS).plusMillis(500);
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int GOODBYES = 3;

    private final ApiClient api;
    private final PodObjects objects;
    private final InstantSource clock;
    private final Consumer<String> gone;
    private final Consumer<String> tell;
    private final Thread thread = new Thread(this::run, "weft-run-records");
    private final Object lock = new Object();
    private RunState wanted;
    private @Nullable RunState stored;
    private int leaving = -1;
    private boolean ending;
    private boolean news;

    // of the beating thread alone
    private String uid = "";
    private Instant lastRenewed;
    private boolean left;
    private String trouble = "";

    /**
     * @param clock never goes back while this process runs
     * @param gone told why, once, if somebody removes the Pod
     * @param tell says one sentence to the user
     */
    Registration(
            ApiClient api,
            PodObjects objects,
            RunState begun,
            InstantSource clock,
            Consumer<String> gone,
            Consumer<String> tell) {
        this.api = api.patient(PATIENCE);
        this.objects = objects;
        this.wanted = begun;
        this.clock = clock;
        this.gone = gone;
        this.tell = tell;
        this.lastRenewed = clock.instant();
        thread.setDaemon(true);
    }

    /**
     * Makes the Pod and its Lease, and begins to beat.
     *
     * @throws CommandFailed with the server's reason
     */
    void begin() {
        ApiClient.Reply made = api.create(objects.podsPath(), objects.pod());
        if (made.status() == CONFLICT && isAbandoned()) {
            made = api.create(objects.podsPath(), objects.pod());
        }
        uid = uid(api.accepted("POST " + objects.podPath(), made).json());
        api.accepted("POST " + objects.leasePath(), renew());
        thread.start();
    }

    /** Whether the Pod of that name is left over from a run that nobody keeps alive any more; then it is removed. */
    private boolean isAbandoned() {
        JsonNode present = api.get(objects.podPath()).json();
        if (!PodObjects.isRun(present)) {
            return false;
        }
        String before = renewed();
        pause(TAKE_OVER);
        if (!before.equals(renewed())) {
            return false;
        }
        return api.delete(objects.podPath(), atOnce(uid(present))).ok();
    }

    private String renewed() {
        return api.get(objects.leasePath())
                .json()
                .path("spec")
                .path("renewTime")
                .asText("");
    }

    /** What the Pod is to say from now on; returns at once. */
    void report(RunState state) {
        synchronized (lock) {
            wanted = state;
            news = true;
            lock.notifyAll();
        }
    }

    /** Marks the Pod as going, so that nobody sends new work; returns at once. */
    void leave(int graceSeconds) {
        synchronized (lock) {
            leaving = graceSeconds;
            news = true;
            lock.notifyAll();
        }
    }

    /** Removes the Pod. Tries for bounded time; where that fails, the Lease runs out. */
    void end() {
        synchronized (lock) {
            ending = true;
            news = true;
            lock.notifyAll();
        }
        try {
            thread.join(PATIENCE.multipliedBy(2).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (int i = 0; i < GOODBYES; i++) {
            try {
                ApiClient.Reply removed = api.delete(objects.podPath(), atOnce(uid));
                if (removed.ok() || removed.status() == NOT_FOUND || removed.status() == CONFLICT) {
                    api.delete(objects.leasePath());
                    return;
                }
            } catch (CommandFailed e) {
                // tried again, or left to the Lease
            }
        }
        tell.accept("could not remove the Pod; it goes by itself");
    }

    private void run() {
        while (true) {
            synchronized (lock) {
                if (ending) {
                    return;
                }
                news = false;
            }
            tryToBeat();
            synchronized (lock) {
                awaitNews(BEAT);
            }
        }
    }

    /** Only under the lock. */
    private void awaitNews(Duration atMost) {
        Instant deadline = clock.instant().plus(atMost);
        try {
            long left = atMost.toMillis();
            while (!news && left > 0) {
                lock.wait(left);
                left = Duration.between(clock.instant(), deadline).toMillis();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pause(Duration duration) {
        synchronized (lock) {
            awaitNews(duration);
        }
    }

    private void tryToBeat() {
        String before = trouble;
        try {
            trouble = beat();
        } catch (CommandFailed e) {
            trouble = String.valueOf(e.getMessage());
        }
        if (trouble.isEmpty() != before.isEmpty()) {
            tell.accept(
                    trouble.isEmpty()
                            ? "the API answers again"
                            : trouble + "; the command goes on, and the API is tried again");
        }
    }

    /** Says what is wrong, if anything is. */
    private String beat() {
        ApiClient.Reply found = api.get(objects.podPath());
        boolean ours = found.ok() && uid(found.json()).equals(uid);
        if (!ours && (found.ok() || found.status() == NOT_FOUND)) {
            return missing(found.ok());
        }
        if (!found.ok()) {
            return found.message();
        }
        JsonNode pod = found.json();
        if (pod.path("metadata").hasNonNull("deletionTimestamp") && !left) {
            left = true;
            gone.accept("the Pod is deleted");
        }
        ApiClient.Reply renewed = renew();
        if (!renewed.ok()) {
            return renewed.message();
        }
        String refused = leaveIfAsked();
        return refused.isEmpty() ? store(PodObjects.isLost(pod)) : refused;
    }

    /** Who was out of touch comes back; whoever was not has been removed on purpose. */
    private String missing(boolean replaced) {
        boolean outOfTouch =
                Duration.between(lastRenewed, clock.instant()).compareTo(Duration.ofSeconds(PodObjects.LEASE_SECONDS))
                        > 0;
        if (left) {
            return "";
        }
        if (replaced || !outOfTouch) {
            left = true;
            gone.accept(replaced ? "another Pod has taken its name" : "the Pod was removed");
            return "";
        }
        ApiClient.Reply made = api.create(objects.podsPath(), objects.pod());
        if (!made.ok()) {
            return made.message();
        }
        uid = uid(made.json());
        renew();
        return store(true);
    }

    private ApiClient.Reply renew() {
        ApiClient.Reply renewed = api.mergePatch(objects.leasePath(), PodObjects.renewal(clock.instant()));
        if (renewed.status() == NOT_FOUND) {
            renewed = api.create(objects.leasesPath(), objects.lease(uid, clock.instant()));
        }
        if (renewed.ok()) {
            lastRenewed = clock.instant();
        }
        return renewed;
    }

    private String leaveIfAsked() {
        int grace;
        synchronized (lock) {
            grace = leaving;
        }
        if (grace < 0 || left) {
            return "";
        }
        ObjectNode options = JsonNodeFactory.instance.objectNode().put("gracePeriodSeconds", grace);
        ApiClient.Reply marked = api.delete(objects.podPath(), options);
        left = marked.ok();
        return marked.ok() ? "" : marked.message();
    }

    private String store(boolean anyway) {
        RunState state;
        synchronized (lock) {
            state = wanted;
            if (state.equals(stored) && !anyway) {
                return "";
            }
        }
        ApiClient.Reply patched = api.mergePatch(objects.podPath() + "/status", objects.status(state));
        if (patched.ok()) {
            synchronized (lock) {
                stored = state;
            }
        }
        return patched.ok() ? "" : patched.message();
    }

    private static String uid(JsonNode object) {
        return object.path("metadata").path("uid").asText();
    }

    private static ObjectNode atOnce(String uid) {
        ObjectNode options = JsonNodeFactory.instance.objectNode().put("gracePeriodSeconds", 0);
        options.putObject("preconditions").put("uid", uid);
        return options;
    }
}
