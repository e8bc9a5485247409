package dev.weft.proxy.view;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/**
 * Follows an API server over HTTP/1.1 by list and watch. Never clears what a follower knows while the server is away:
 * it resumes where it stood, or lists again when the server has forgotten that (410).
 */
public final class HttpResourceFeed implements ResourceFeed, AutoCloseable {
    private static final int PARSING_THREADS = 2;

    private final URI api;
    private final FeedSettings settings;
    private final RandomGenerator random;
    private final ObjectMapper mapper = new ObjectMapper();
    private final ExecutorService executor;
    private final ScheduledExecutorService timer;
    private final HttpClient client;
    private final ApiCredentials credentials;

    /**
     * @param api e.g. {@code http://127.0.0.1:8001}
     * @param random jitters the waiting after failures; must be safe for several threads or used by nobody else
     */
    public HttpResourceFeed(URI api, FeedSettings settings, RandomGenerator random) {
        this(api, ApiCredentials.NONE, settings, random);
    }

    /**
     * A server that asks who follows it.
     *
     * @param api e.g. {@code https://api.example.org:6443}
     * @param random as above
     */
    public HttpResourceFeed(URI api, ApiCredentials credentials, FeedSettings settings, RandomGenerator random) {
        this.api = api;
        this.credentials = credentials;
        this.settings = settings;
        this.random = random;
        ThreadFactory daemons = task -> {
            Thread thread = new Thread(task, "weft-feed");
            thread.setDaemon(true);
            return thread;
        };
        this.executor = Executors.newFixedThreadPool(PARSING_THREADS, daemons);
        this.timer = Executors.newSingleThreadScheduledExecutor(daemons);
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.connectTimeout())
                .executor(executor);
        credentials.tls().ifPresent(builder::sslContext);
        this.client = builder.build();
    }

    @Override
    public Subscription follow(String path, Follower follower) {
        CollectionFollowing following =
                new CollectionFollowing(api, path, follower, client, credentials, timer, settings, random, mapper);
        following.start();
        return following::stop;
    }

    /** Ends all followings' threads; stop the followings first. */
    @Override
    public void close() {
        timer.shutdownNow();
        executor.shutdown();
    }
}
