package dev.weft.proxy.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists one collection, then watches it, for ever. One request is under way at a time, and each step begins when the
 * last has ended, so the follower is called by one thread at a time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // each chain ends in a guarded step
final class CollectionFollowing {
    private static final Logger LOG = LoggerFactory.getLogger(CollectionFollowing.class);
    private static final String JSON = "application/json";
    private static final String METADATA = "application/json;as=PartialObjectMetadata";
    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    /** What fails so often in a row, for some five seconds, is not to be had. */
    private static final int PATIENCE = 7;

    private final URI api;
    private final String path;
    private final ResourceFeed.Follower follower;
    private final HttpClient client;
    private final ApiCredentials credentials;
    private final ScheduledExecutorService timer;
    private final FeedSettings settings;
    private final RandomGenerator random;
    private final ObjectMapper mapper;
    private @Nullable String resumeFrom;
    private int failures;
    private boolean notServed;
    private volatile boolean stopped;
    private volatile @Nullable WatchBody watching;

    CollectionFollowing(
            URI api,
            String path,
            ResourceFeed.Follower follower,
            HttpClient client,
            ApiCredentials credentials,
            ScheduledExecutorService timer,
            FeedSettings settings,
            RandomGenerator random,
            ObjectMapper mapper) {
        this.api = api;
        this.path = path;
        this.follower = follower;
        this.client = client;
        this.credentials = credentials;
        this.timer = timer;
        this.settings = settings;
        this.random = random;
        this.mapper = mapper;
    }

    void start() {
        after(Duration.ZERO, () -> list(new ArrayList<>(), null));
    }

    void stop() {
        stopped = true;
        WatchBody body = watching;
        if (body != null) {
            body.cancel();
        }
    }

    private void list(List<JsonNode> soFar, @Nullable String next) {
        String query = "?limit=" + settings.pageSize() + (next == null ? "" : "&continue=" + encode(next));
        client.sendAsync(
                        request(query, "List").timeout(settings.listTimeout()).build(),
                        info -> new BoundedBody(settings.maxPageBytes()))
                .orTimeout(settings.listTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((response, failure) -> guard(() -> listed(soFar, response, failure)));
    }

    private void listed(List<JsonNode> soFar, @Nullable HttpResponse<byte[]> response, @Nullable Throwable failure)
            throws IOException {
        notServed = false;
        if (failure != null || response == null) {
            retry("list failed: " + reasonOf(failure));
            return;
        }
        if (response.statusCode() != OK) {
            notServed = response.statusCode() == NOT_FOUND || response.statusCode() == FORBIDDEN;
            retry("list was answered with status " + response.statusCode(), notServed);
            return;
        }
        JsonNode page = mapper.readTree(response.body());
        for (JsonNode item : page.path("items")) {
            if (follower.wants(item)) {
                soFar.add(item);
            }
        }
        JsonNode metadata = page.path("metadata");
        String next = metadata.path("continue").asText("");
        if (!next.isEmpty()) {
            list(soFar, next);
            return;
        }
        resumeFrom = metadata.path("resourceVersion").asText();
        recovered();
        follower.replaced(soFar);
        watch();
    }

    private void watch() {
        if (stopped) {
            return;
        }
        String query = "?watch=true&allowWatchBookmarks=true&resourceVersion=" + encode(String.valueOf(resumeFrom))
                + "&timeoutSeconds=" + settings.watchTimeout().toSeconds();
        WatchBody body = new WatchBody(settings.maxEventBytes(), this::event);
        watching = body;
        body.superviseSilence(timer, settings.silence());
        client.sendAsync(request(query, "").timeout(settings.silence()).build(), info -> {
                    body.status(info.statusCode());
                    return body;
                })
                .whenComplete((response, failure) -> {
                    body.ended();
                    guard(() -> watchEnded(body, response == null ? 0 : response.statusCode(), failure));
                });
    }

    private void watchEnded(WatchBody body, int status, @Nullable Throwable failure) {
        if (body.gone() || status == GONE) {
            resumeFrom = null;
            after(settings.backoffMin(), () -> list(new ArrayList<>(), null));
        } else if (failure != null) {
            retry("watch broke: " + reasonOf(failure));
        } else if (status != OK) {
            retry("watch was answered with status " + status);
        } else if (body.refused() != null) {
            retry("watch ended: " + body.refused());
        } else if (body.lines() == 0) {
            after(settings.backoffMin(), this::watch);
        } else {
            recovered();
            watch();
        }
    }

    private void event(WatchBody body, byte[] line) {
        if (stopped) {
            return;
        }
        JsonNode event;
        try {
            event = mapper.readTree(line);
        } catch (IOException e) {
            throw new IllegalStateException("not JSON: " + e.getMessage(), e);
        }
        JsonNode object = event.path("object");
        String type = event.path("type").asText();
        if ("ERROR".equals(type)) {
            body.refuse(
                    object.path("code").asInt() == GONE, object.path("message").asText("no reason given"));
            return;
        }
        switch (type) {
            case "ADDED", "MODIFIED" -> follower.changed(object);
            case "DELETED" -> follower.deleted(object);
            default -> { // BOOKMARK carries only the version
            }
        }
        String version = object.path("metadata").path("resourceVersion").asText("");
        if (!version.isEmpty()) {
            resumeFrom = version;
        }
        recovered();
    }

    private void recovered() {
        if (failures > 0) {
            LOG.info("{}: following {} again", api, path);
        }
        failures = 0;
    }

    private void retry(String reason) {
        retry(reason, false);
    }

    /** @param absent whether the server says that there is no such thing for us; else it may just not be able to answer */
    private void retry(String reason, boolean absent) {
        if (stopped) {
            return;
        }
        failures++;
        if (failures == 1) {
            LOG.warn("{}: cannot follow {}: {}; what is known stays in use, tried again by itself", api, path, reason);
        }
        if (absent || failures >= PATIENCE) {
            follower.absent(reason);
        } else {
            follower.unavailable(reason);
        }
        long ceiling = settings.backoffMin().toMillis() << Math.min(20, failures - 1);
        long delay = notServed
                ? settings.absentRetry().toMillis()
                : Math.min(ceiling, settings.backoffMax().toMillis());
        long jittered = delay - (long) (delay / 2.0 * random.nextDouble());
        after(Duration.ofMillis(jittered), resumeFrom == null ? () -> list(new ArrayList<>(), null) : this::watch);
    }

    /** What goes wrong while an answer is read counts as a failure of the answer. */
    private void guard(Step step) {
        try {
            if (!stopped) {
                step.run();
            }
        } catch (IOException | RuntimeException e) {
            resumeFrom = null;
            retry("the answer cannot be read: " + e.getMessage());
        }
    }

    private void after(Duration delay, Runnable step) {
        if (stopped) {
            return;
        }
        try {
            timer.schedule(() -> guard(step::run), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            stopped = true; // the feed is closed
        }
    }

    /** @param kind the end of the kind that metadata alone come in; a server that knows no such kind answers with the objects */
    private HttpRequest.Builder request(String query, String kind) {
        String accept = follower.metadataOnly() ? METADATA + kind + ";g=meta.k8s.io;v=v1,application/json" : JSON;
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(withoutSlash(api.toString()) + path + query))
                .header("Accept", accept)
                .header("User-Agent", "weft-proxy");
        credentials.token().get().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        return request;
    }

    private static String withoutSlash(String base) {
        return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static String reasonOf(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause);
    }

    private interface Step {
        void run() throws IOException;
    }
}
